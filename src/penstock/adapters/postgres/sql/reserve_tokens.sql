-- Takes the tokens that are free or expired, in one order for everybody, so that two calls never wait for each other in a ring.
insert into penstock.request_token as r (namespace_id, token, expires_at, minted_at_ms, content_hash)
select x.namespace_id, x.token, now.at + $5::interval, x.minted_at_ms, x.content_hash
from (select penstock.clock() as at) now, unnest($1::int[], $2::bytea[], $3::bigint[], $4::bytea[])
    as x (namespace_id, token, minted_at_ms, content_hash)
order by x.namespace_id, x.token
on conflict (namespace_id, token) do update
    set expires_at = excluded.expires_at, minted_at_ms = excluded.minted_at_ms, content_hash = excluded.content_hash
    where r.expires_at <= penstock.clock()
returning namespace_id, token

-- Takes the keys that are free or expired, in one order for everybody.
insert into penstock.idempotency_key as k (namespace_id, key, task_id, expires_at, content_hash)
select x.namespace_id, x.key, x.task_id, now.at + x.life_s * interval '1 s', x.content_hash
from (select penstock.clock() as at) now, unnest($1::int[], $2::text[], $3::uuid[], $4::bigint[], $5::bytea[])
    as x (namespace_id, key, task_id, life_s, content_hash)
order by x.namespace_id, x.key collate "C"
on conflict (namespace_id, key) do update
    set task_id = excluded.task_id, expires_at = excluded.expires_at, content_hash = excluded.content_hash
    where k.expires_at <= penstock.clock()
returning namespace_id, key

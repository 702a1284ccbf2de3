-- What earlier calls with these tokens were.
select r.namespace_id, r.token, r.minted_at_ms, r.content_hash
from unnest($1::int[], $2::bytea[]) as x (namespace_id, token)
    join penstock.request_token r on r.namespace_id = x.namespace_id and r.token = x.token

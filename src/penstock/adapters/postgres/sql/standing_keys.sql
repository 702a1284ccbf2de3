-- What these keys name, as long as they live.
select k.namespace_id, k.key, k.task_id, k.content_hash
from unnest($1::int[], $2::text[]) as x (namespace_id, key)
    join penstock.idempotency_key k on k.namespace_id = x.namespace_id and k.key = x.key
where k.expires_at > penstock.clock()

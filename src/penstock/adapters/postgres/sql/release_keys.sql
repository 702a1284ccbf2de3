-- Gives back the keys that tasks had taken which are not stored after all.
delete from penstock.idempotency_key where (namespace_id, key) in (
    select * from unnest($1::int[], $2::text[])) and task_id = any ($3::uuid[])

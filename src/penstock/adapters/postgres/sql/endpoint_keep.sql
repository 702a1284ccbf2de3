-- A new endpoint, or another spec for one: the same spec again changes nothing.
insert into penstock.endpoint as e (lambda_id, spec, secret, created_at, changed_at)
values ($1, $2, $3, penstock.clock(), penstock.clock())
on conflict (lambda_id) do update
set spec = excluded.spec, version = e.version + 1, changed_at = excluded.changed_at, gone = array[]::text[]
where e.spec <> excluded.spec or e.gone <> array[]::text[]

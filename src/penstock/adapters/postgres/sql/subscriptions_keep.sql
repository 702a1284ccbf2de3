-- Keeps declarations; one that was retired is none any more.
insert into penstock.subscription as s (lambda_id, namespace_id, stream_id, declared_at, spec)
select x.lambda_id, $1, x.stream_id, penstock.clock(), x.spec
from unnest($2::int[], $3::int[], $4::jsonb[]) as x (lambda_id, stream_id, spec)
on conflict (lambda_id) do update
set stream_id = excluded.stream_id, declared_at = excluded.declared_at, spec = excluded.spec, retired_at = null
where s.retired_at is not null or (s.stream_id, s.spec) is distinct from (excluded.stream_id, excluded.spec)

-- Filters that failed, as one process has seen it. What was counted before the subscription was declared as it is goes.
-- In the order of their numbers: several add at once.
insert into penstock.filter_failure as f (lambda_id, count, error, subject, sequence, last_at)
select x.lambda_id, x.count, x.error, x.subject, x.sequence, penstock.clock()
from unnest($1::int[], $2::bigint[], $3::text[], $4::text[], $5::bigint[])
    as x (lambda_id, count, error, subject, sequence)
order by x.lambda_id
on conflict (lambda_id) do update
set count = excluded.count + case when exists (
            select from penstock.subscription s where s.lambda_id = f.lambda_id and s.declared_at > f.last_at)
        then 0 else f.count end,
    error = excluded.error, subject = excluded.subject, sequence = excluded.sequence, last_at = excluded.last_at

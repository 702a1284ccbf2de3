-- Buckets that nobody has drawn from are full.
insert into penstock.quota_bucket (lambda_id, kind, priority, tokens, at)
select lambda_id, kind, priority, burst, penstock.clock()
from unnest($1::int[], $2::smallint[], $3::smallint[], $4::int[]) as a (lambda_id, kind, priority, burst)
order by lambda_id, kind, priority
on conflict do nothing

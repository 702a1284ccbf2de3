-- Lambdas whose code declares quotas, a row for each kind, with when it last kept somebody waiting.
select l.id, l.name, l.policy, k.kind, b.denied_at
from penstock.lambda l
cross join unnest($3::smallint[]) k (kind)
left join penstock.quota_bucket b on b.lambda_id = l.id and b.kind = k.kind and b.priority = 0
where ($1::int is null or l.namespace_id = $1) and ($2 = '' or l.name = $2)
  and l.policy @? '$.quota.* ? (@ != null)'

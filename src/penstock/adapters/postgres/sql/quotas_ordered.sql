-- What operators have ordered, of a namespace ($1 null: of all) and of a lambda ($2 '': of all).
select q.lambda_id, l.name, q.kind, q.priority, q.amount, q.burst, q.since, q.reason, q.who, b.denied_at
from penstock.quota q
join penstock.lambda l on l.id = q.lambda_id
left join penstock.quota_bucket b
    on b.lambda_id = q.lambda_id and b.kind = q.kind and b.priority = q.priority
where ($1::int is null or l.namespace_id = $1) and ($2 = '' or l.name = $2)

-- What was ordered, the latest first.
select h.version, h.at, l.name, h.kind, h.priority, h.amount, h.burst, h.reason, h.who
from penstock.quota_history h join penstock.lambda l on l.id = h.lambda_id
where l.namespace_id = $1 and ($2 = '' or l.name = $2) and ($3::bigint = 0 or h.version < $3)
order by h.version desc limit $4

-- What was ordered, the latest first.
select h.version, h.at, l.name, h.collection, h.state, h.until, h.reason, h.who
from penstock.gate_history h join penstock.lambda l on l.id = h.lambda_id
where l.namespace_id = $1 and ($2 = '' or l.name = $2) and ($3::text is null or h.collection = $3)
  and ($4::bigint = 0 or h.version < $4)
order by h.version desc limit $5

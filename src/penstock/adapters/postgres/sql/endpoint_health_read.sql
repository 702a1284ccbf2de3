select h.lambda_id, h.url, h.worker, h.health, h.since, h.next, h.in_flight, h.succeeded, h.failed, h.problem, h.told_at
from penstock.endpoint_health h
join penstock.lambda l on l.id = h.lambda_id
where l.namespace_id = $1 and ($2 = '' or l.name = $2) and h.told_at >= penstock.clock() - $3::interval
order by h.lambda_id, h.url, h.worker

-- What stands still in a stream, what has stood longest first.
select f.delivery_id, f.lambda_id, l.name, f.subject, f.trouble, f.cursor, f.head, f.attempts, f.crashes,
    penstock.clock() - f.since, f.seen_at
from penstock.refresh_finding f join penstock.lambda l on l.id = f.lambda_id
where f.stream_id = $1 order by f.since limit $2

-- What was ordered about a subscription's events, the latest first.
select o.kind, o.subject, o.sequence, o.at, o.who, o.reason
from penstock.cursor_order o where o.lambda_id = $1 order by o.id desc limit $2

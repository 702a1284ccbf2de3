-- How one gate stands, open ones too.
select g.lambda_id, l.name, g.collection, case when g.until <= now.at then {gate:open} else g.state end, g.version,
    g.since, g.until, g.reason, g.who, 0
from (select penstock.clock() as at) now, penstock.gate g join penstock.lambda l on l.id = g.lambda_id
where g.lambda_id = $1 and g.collection = $2

-- Gates whose held tasks must be moved on. One that is open and has an end is out of time and not yet opened.
select g.lambda_id, l.name, g.collection, case when g.until <= now.at then {gate:open} else g.state end, g.version,
    g.since, g.until, g.reason, g.who, 0
from (select penstock.clock() as at) now, penstock.gate g join penstock.lambda l on l.id = g.lambda_id
where g.settle_after <= now.at
order by g.version

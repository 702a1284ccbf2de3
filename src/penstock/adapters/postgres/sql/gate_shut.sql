-- The gates that are not open, for those who start tasks.
select v.version, g.lambda_id, g.collection
from penstock.gate_version v
    left join penstock.gate g on g.state <> {gate:open} and (g.until is null or g.until > penstock.clock())

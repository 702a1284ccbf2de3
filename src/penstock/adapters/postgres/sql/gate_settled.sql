-- Nothing is left that this gate holds wrongly. What was decided before it changed may still have been on its way to
-- the commit until a while ago. An open gate is forgotten.
with now as materialized (select penstock.clock() as at),
forgotten as (
    delete from penstock.gate g using now
    where g.lambda_id = $1 and g.collection = $2 and g.version = $3 and g.state = {gate:open}
      and g.settle_after <= now.at - $4::interval
)
update penstock.gate g set settle_after = g.until
from now
where g.lambda_id = $1 and g.collection = $2 and g.version = $3 and g.state <> {gate:open}
  and g.settle_after <= now.at - $4::interval

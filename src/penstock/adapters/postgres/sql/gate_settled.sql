-- A gate that holds nothing wrongly any more needs no settling; an open one is forgotten. Not so when somebody has
-- changed it, and not before a while has passed: what was decided before it changed may commit after that.
with now as materialized (select penstock.clock() as at),
done as materialized (
    select g.lambda_id, g.collection
    from now, penstock.gate g
    where g.lambda_id = $1 and g.collection = $2 and g.version = $3
      and case
        when g.settle_after is null or g.settle_after > now.at - $4::interval then false
        when g.collection = '' then not exists (
            select from unnest($5::int[]) as l (lane), unnest($6::text[]) as r (reason), lateral (
                select from penstock.trigger t
                where t.status = {status:held} and t.held_for = r.reason and t.lane = l.lane limit 1) left_over)
        else not exists (
            select from unnest($5::int[]) as l (lane), lateral (
                select from penstock.trigger t
                where t.status = {status:held} and t.held_for in ({held_for:gate}, {held_for:collection})
                  and t.held_for = any ($6::text[]) and t.lane = l.lane and t.collection = $2 limit 1) left_over) end
),
forgotten as (
    delete from penstock.gate g using done
    where g.lambda_id = done.lambda_id and g.collection = done.collection and g.version = $3 and g.state = {gate:open}
)
update penstock.gate g set settle_after = g.until
from done
where g.lambda_id = done.lambda_id and g.collection = done.collection and g.version = $3 and g.state <> {gate:open}

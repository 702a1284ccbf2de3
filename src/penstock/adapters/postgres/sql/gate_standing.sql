-- The gates of a namespace that are not open, and how many tasks each holds, as far as they are counted.
select g.lambda_id, l.name, g.collection, g.state, g.version, g.since, g.until, g.reason, g.who, (
    select count(*) from (
        select from unnest(array[g.lambda_id * 4 + 1, g.lambda_id * 4 + 2, g.lambda_id * 4 + 3]) as lanes (lane),
            lateral (select from penstock.trigger t
                     where t.status = {status:held} and t.lane = lanes.lane
                       and t.held_for = case when g.collection = '' then {held_for:gate} else {held_for:collection} end
                       and (g.collection = '' or t.collection = g.collection)
                     limit $3) each
        limit $3) counted)
from (select penstock.clock() as at) now, penstock.gate g join penstock.lambda l on l.id = g.lambda_id
where l.namespace_id = $1 and ($2 = '' or l.name = $2)
  and g.state <> {gate:open} and (g.until is null or g.until > now.at)
order by l.name, g.collection

-- What a step has come to, while it is still its holder's. Counts of a pass that is over become those of the last one;
-- one that was asked for meanwhile ($10: what was known of it when the step began) comes next.
update penstock.refresh r
set mark = $4, held_by = null, held_until = null, next_at = case when $6 and r.asked_by is distinct from $10 then now.at else now.at + $5::interval end,
    subjects = case when $6 then 0 else r.subjects + $7 end,
    behind = case when $6 then 0 else r.behind + $8 end,
    troubled = case when $6 then 0 else r.troubled + $9 end,
    last_subjects = case when $6 then r.subjects + $7 else r.last_subjects end,
    last_behind = case when $6 then r.behind + $8 else r.last_behind end,
    last_troubled = case when $6 then r.troubled + $9 else r.last_troubled end,
    last_began_at = case when $6 then r.began_at else r.last_began_at end,
    last_ended_at = case when $6 then now.at else r.last_ended_at end,
    began_at = case when $6 then null else r.began_at end,
    asked_by = case when $6 and r.asked_by is not distinct from $10 then null else r.asked_by end
from (select penstock.clock() as at) now
where r.stream_id = $1 and r.loop = $2 and r.held_by = $3
returning true

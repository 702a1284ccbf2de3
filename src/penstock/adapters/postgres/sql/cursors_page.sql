-- A page of rows in the order of their ids; of each, for how long it has been idle, null for one that is not, and for
-- one that has dead events: those are told by it.
select d.id, d.stream_id, d.subject, d.subject_hash, d.cursor,
    case when d.status = {status:idle} and not exists (
        select from penstock.event_letter l where l.delivery_id = d.id) then penstock.clock() - d.since end
from penstock.delivery d where d.id > $1 order by d.id limit $2

-- A dead event that blocks its subject is tried anew, alone.
with letter as (
    delete from penstock.event_letter l where l.delivery_id = $1 and l.sequence = $2 and l.blocks
      and exists (select from penstock.delivery d where d.id = $1 and d.cursor = $3 and d.held_for = {held_for:dead_event}
                    and ({delivery:free} >> d.status) & 1 = 1)
    returning l.delivery_id
)
update penstock.delivery d
set status = {status:new}, trigger_at = now.at, held_for = null, due_at = null, attempts = 0, crashes = 0, lapses = 0,
    tried = 0, suspect = false, batch_limit = 1
from (select penstock.clock() as at) now, letter l
where d.id = l.delivery_id and d.cursor = $3 and d.held_for = {held_for:dead_event} and ({delivery:free} >> d.status) & 1 = 1
returning d.id, d.lane, d.stream_id, d.subject, d.subject_hash

-- A blocked row, locked, goes on after what it has lost; with more to lose ($3) it stays blocked meanwhile.
update penstock.delivery d
set cursor = $2, head = greatest(d.head, $2), since = now.at,
    status = case when $3 then d.status when d.head > $2 then {status:new} else {status:idle} end,
    lane = case when $3 or d.head > $2 then d.lane else d.lane - d.lane % 4 + {priority:normal} end,
    trigger_at = case when $3 then d.trigger_at else now.at end, held_for = case when $3 then d.held_for end,
    due_at = case when $3 then d.due_at end,
    attempts = 0, crashes = 0, lapses = 0, tried = 0, suspect = false, batch_limit = 0
from (select penstock.clock() as at) now
where d.id = $1 and ({delivery:skipped} >> d.status) & 1 = 1

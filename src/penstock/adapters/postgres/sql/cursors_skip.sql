-- The event after a cursor counts as done, unless its row is being run or has moved. A dead one blocks no more.
with skipped as (
    update penstock.delivery d
    set cursor = $2, head = greatest(d.head, $2), status = case when d.head > $2 then {status:new} else {status:idle} end, trigger_at = now.at, since = now.at,
        lane = case when d.head > $2 then d.lane else d.lane - d.lane % 4 + {priority:normal} end,
        held_for = null, due_at = null, attempts = 0, crashes = 0, lapses = 0, tried = 0, suspect = false, batch_limit = 0
    from (select penstock.clock() as at) now
    where d.id = $1 and d.cursor = $3 and d.cursor < $2 and ({delivery:skipped} >> d.status) & 1 = 1
      and d.held_for is distinct from {held_for:replay}
    returning d.id, d.lane, d.stream_id, d.subject, d.subject_hash
),
letter as (
    update penstock.event_letter l set blocks = false from skipped s where l.delivery_id = s.id and l.sequence = $2
)
select id, lane, stream_id, subject, subject_hash from skipped

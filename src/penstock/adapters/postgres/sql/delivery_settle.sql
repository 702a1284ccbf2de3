-- Any other end of claims: each brings the statuses it may leave, as bits, and where it leads; null: as the head says.
-- A counter that is null stays.
update penstock.delivery d
set cursor = greatest(d.cursor, least(x.upto, d.head)),
    status = coalesce(x.status, case when d.head > greatest(d.cursor, x.upto) then {status:new} else {status:idle} end),
    lane = case when x.status is not null or d.head > greatest(d.cursor, x.upto) then d.lane
                else d.lane - d.lane % 4 + {priority:normal} end,
    trigger_at = now.at + x.delay_us * interval '1 microsecond',
    since = case when x.upto > d.cursor then now.at else d.since end,
    batch_limit = coalesce(x.batch_limit, d.batch_limit), tried = coalesce(x.tried, d.tried),
    attempts = coalesce(x.attempts, d.attempts), crashes = coalesce(x.crashes, d.crashes),
    lapses = coalesce(x.lapses, d.lapses), suspect = coalesce(x.suspect, d.suspect),
    held_for = case when x.status = {status:held} then {held_for:dead_event} end,
    due_at = case when x.status = {status:held} then now.at end,
    executor = null, started_at = null
from (select penstock.clock() as at) now,
    unnest($1::uuid[], $2::int[], $3::int[], $4::smallint[], $5::bigint[], $6::int[], $7::bigint[], $8::smallint[],
           $9::smallint[], $10::smallint[], $11::bool[], $12::bigint[], $13::timestamptz[], $14::int[])
        as x (id, claim, legal_sources, status, upto, batch_limit, tried, attempts, crashes, lapses, suspect, delay_us,
              seen_trigger_at, namespace_id)
where d.id = any (array[x.id]) and d.claim = x.claim and (x.namespace_id is null or d.namespace_id = x.namespace_id)
  and (x.seen_trigger_at is null or d.trigger_at = x.seen_trigger_at)
  and (x.legal_sources >> d.status) & 1 = 1
returning d.id, d.lane, d.status = {status:new}, d.stream_id, d.subject, d.subject_hash

-- The rows among some ids, idle ones too, and for how long each has stood.
select d.id, d.lane, d.status, d.trigger_at, d.claim, d.attempts, d.crashes, d.lapses, d.suspect, d.cancel_requested,
    d.held_for, case when d.status = {status:processing} then d.executor end,
    case when d.status = {status:processing} then d.started_at end,
    d.namespace_id, d.stream_id, d.subject, d.subject_hash, d.cursor, d.head, d.batch_limit, d.tried, d.since,
    penstock.clock() - d.since
from penstock.delivery d where d.id = any ($1::uuid[]) order by d.id

-- The rows among some ids, idle ones too.
select id, lane, status, trigger_at, claim, attempts, crashes, lapses, suspect, cancel_requested, held_for,
    case when status = {status:processing} then executor end,
    case when status = {status:processing} then started_at end,
    namespace_id, stream_id, subject, subject_hash, cursor, head, batch_limit, tried, since
from penstock.delivery where id = any ($1::uuid[])

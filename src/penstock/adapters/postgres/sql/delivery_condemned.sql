-- Some of the rows that were due while a gate dropped.
select id, lane, status, trigger_at, claim, attempts, crashes, lapses, suspect, cancel_requested, held_for,
    case when status = {status:processing} then executor end,
    case when status = {status:processing} then started_at end,
    namespace_id, stream_id, subject, subject_hash, cursor, head, batch_limit, tried, since
from penstock.delivery where status = {status:held} and held_for = {held_for:drop}
limit $1

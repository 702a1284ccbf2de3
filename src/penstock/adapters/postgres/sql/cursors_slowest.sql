-- Rows of a subscription that have something to hand over, what has stood longest first, among $2 of each kind.
select d.id, d.lane, d.status, d.trigger_at, d.claim, d.attempts, d.crashes, d.lapses, d.suspect, d.cancel_requested,
    d.held_for, case when d.status = {status:processing} then d.executor end,
    case when d.status = {status:processing} then d.started_at end,
    d.namespace_id, d.stream_id, d.subject, d.subject_hash, d.cursor, d.head, d.batch_limit, d.tried, d.since,
    penstock.clock() - d.since
from (
    (select * from penstock.delivery d where d.status in ({waits_for_time}) and not d.cancel_requested
        and d.lane = any (array[$1::int * 4 + 1, $1::int * 4 + 2, $1::int * 4 + 3]) limit $2)
    union all
    (select * from penstock.delivery d where d.status = {status:held} and d.held_for = any ($4::text[])
        and d.lane = any (array[$1::int * 4 + 1, $1::int * 4 + 2, $1::int * 4 + 3]) limit $2)
    union all
    (select * from (
        select * from penstock.delivery d
        where d.status in ({status:enqueued}, {status:claimed}, {status:processing}) limit $3) d where d.lane / 4 = $1)
) d
order by d.since, d.id limit $5

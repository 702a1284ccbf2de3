-- The oldest event before $3 that a row of these subscriptions ($2: their lanes) has not passed. Of rows that are idle
-- nothing is asked: how far they have come is known by the last full pass.
select min(e.appended_at) from (
    select d.stream_id, d.subject_hash, d.cursor from penstock.delivery d
    where d.lane = any ($2::int[]) and d.status in ({waits_for_time}) and not d.cancel_requested
    union all
    select d.stream_id, d.subject_hash, d.cursor from penstock.delivery d
    where d.lane = any ($2::int[]) and d.status = {status:held}
    union all
    select d.stream_id, d.subject_hash, d.cursor from penstock.delivery d
    where d.lane = any ($2::int[]) and d.status in ({status:enqueued}, {status:claimed}, {status:processing})
) d, lateral (
    select n.appended_at from penstock.event n
    where n.stream_id = $1 and n.subject_hash = d.subject_hash and n.sequence > d.cursor and n.appended_at < $3
    order by n.sequence limit 1
) e
where d.stream_id = $1

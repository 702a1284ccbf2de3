-- What the rows of subscriptions wait for, each counted up to $2. What runs or stands in a lane has no index by lane: all
-- of it is looked at, up to $3.
with moving as materialized (
    select d.lane / 4 as lambda_id, d.status, d.since from penstock.delivery d
    where d.status in ({status:enqueued}, {status:claimed}, {status:processing}) limit $3
),
counted as (
    select m.lambda_id, count(*) filter (where m.status = {status:enqueued}) as enqueued,
        count(*) filter (where m.status <> {status:enqueued}) as running, min(m.since) as since
    from moving m group by m.lambda_id
)
select x.lambda_id, due.waiting + coalesce(c.enqueued, 0), coalesce(c.running, 0), due.failed, held.blocked,
    held.gated, letters.count, greatest(now.at - least(due.since, held.since, c.since), interval '0')
from (select penstock.clock() as at) now, unnest($1::int[]) with ordinality as x (lambda_id, number)
    left join counted c on c.lambda_id = x.lambda_id
    cross join lateral (
        select count(*) filter (where d.status = {status:new}) as waiting,
            count(*) filter (where d.status <> {status:new}) as failed, min(d.since) as since
        from (select d.status, d.since from penstock.delivery d
              where d.status in ({waits_for_time}) and not d.cancel_requested
                and d.lane = any (array[x.lambda_id * 4 + 1, x.lambda_id * 4 + 2, x.lambda_id * 4 + 3]) limit $2) d) due
    cross join lateral (
        select count(*) filter (where d.held_for = {held_for:dead_event}) as blocked,
            count(*) filter (where d.held_for not in ({held_for:dead_event}, {held_for:replay})) as gated, min(d.since) as since
        from (select d.held_for, d.since from penstock.delivery d
              where d.status = {status:held} and d.held_for = any ($4::text[])
                and d.lane = any (array[x.lambda_id * 4 + 1, x.lambda_id * 4 + 2, x.lambda_id * 4 + 3]) limit $2) d) held
    cross join lateral (
        select count(*) from (select from penstock.event_letter l where l.lambda_id = x.lambda_id limit $2) l) letters
order by x.number

-- Moves what is due to enqueued, for many lanes in one trip, the oldest first. Rows that somebody else is moving at
-- this moment are passed over. What a gate stops is held instead, and waits for the gate, not in the lane.
-- Tasks and deliveries are written apart: nobody is looked for in the table of the others.
with now as materialized (select penstock.clock() as at),
picked as materialized (
    select p.id, p.lane, p.trigger_at, p.collection, p.is_delivery
    from now, unnest($1::int[], $2::int[], $3::timestamptz[]) as w (lane, want, since), lateral (
        select t.id, t.lane, t.trigger_at, t.collection, t.tableoid = 'penstock.delivery'::regclass as is_delivery
        from penstock.trigger t
        where t.lane = w.lane and t.status in ({waits_for_time}) and not t.cancel_requested
          and t.trigger_at >= w.since and t.trigger_at <= now.at
          and ($4::int4multirange is null or penstock.bucket(t.id) <@ $4)
        order by t.trigger_at limit w.want
        for update skip locked) p
),
judged as materialized (
    select p.id, p.trigger_at, p.is_delivery, j.reason, j.collection
    from now, picked p left join lateral (
        select {verdict} as reason, k.collection
        from (select coalesce(p.collection, (select o.collection from penstock.task o where o.id = p.id),
                              (select o.collection from penstock.task_kept o where o.id = p.id), '') as collection) k
            left join penstock.gate w on w.lambda_id = p.lane / 4 and w.collection = ''
                and (w.until is null or w.until > now.at)
            left join penstock.gate c on c.lambda_id = p.lane / 4 and c.collection = k.collection and c.collection <> ''
                and (c.until is null or c.until > now.at)
        where (select exists (select from penstock.gate))) j on true
),
moved as (
    update only penstock.trigger t set status = {status:enqueued}, trigger_at = now.at + $5::interval
    from now, judged where t.id = judged.id and judged.reason is null and not judged.is_delivery
    returning t.id, t.lane, t.suspect, judged.trigger_at as due_at
),
moved_deliveries as (
    update penstock.delivery t set status = {status:enqueued}, trigger_at = now.at + $5::interval
    from now, judged where t.id = judged.id and judged.reason is null and judged.is_delivery
    returning t.id, t.lane, t.suspect, judged.trigger_at as due_at
),
held as (
    update penstock.trigger t
    set status = {status:held}, held_for = judged.reason, collection = judged.collection,
        trigger_at = now.at + $6::interval,
        due_at = coalesce((select o.scheduled_at from penstock.task o where o.id = t.id),
                          (select o.scheduled_at from penstock.task_kept o where o.id = t.id), judged.trigger_at)
    from now, judged where t.id = judged.id and judged.reason is not null and t.status in ({from:hold})
    returning t.id, t.lane, judged.trigger_at as due_at, t.held_for
)
select now.at, done.lane, done.id, done.suspect, done.due_at, done.held_for
from now left join (
    select lane, id, suspect, due_at, null as held_for from moved
    union all
    select lane, id, suspect, due_at, null as held_for from moved_deliveries
    union all
    select lane, id, false, due_at, held_for from held) done on true
order by done.lane, done.due_at, done.id

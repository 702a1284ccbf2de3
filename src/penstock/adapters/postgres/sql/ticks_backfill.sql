-- Makes the tasks of past ticks, but for those that have theirs, or are still to come. They are due now, a microsecond one after the other, so
-- that they start in order: an old time would lie below the mark from which due probes start.
with now as materialized (select penstock.clock() as at),
locked as materialized (
    select s.id, s.namespace_id, s.payload, s.collection, l.registered
    from penstock.periodic_schedule s join penstock.lambda l on l.id = s.lane / 4
    where s.id = $1 for share of s
),
ticked as (
    insert into penstock.periodic_tick (schedule_id, tick_at, task_id, made_at)
    select locked.id, x.tick_at, x.task_id, now.at
    from now, locked, unnest($3::timestamptz[], $4::uuid[]) as x (tick_at, task_id)
    where x.tick_at <= now.at
    order by x.tick_at
    on conflict do nothing
    returning tick_at, task_id
),
stored as (
    insert into penstock.task (id, scheduled_at, namespace_id, lane, payload, collection, periodic_id)
    select ticked.task_id, ticked.tick_at, locked.namespace_id, $2, locked.payload, nullif(locked.collection, ''), $1
    from locked, ticked
),
waiting as (
    insert into penstock.trigger (id, trigger_at, namespace_id, lane, status, held_for, due_at, collection)
    select t.task_id, case when locked.registered then t.due_at else now.at + interval '30 s' end, locked.namespace_id,
        $2, case when locked.registered then {status:new} else {status:held} end,
        case when not locked.registered then 'registration' end, case when not locked.registered then t.due_at end,
        coalesce(locked.collection, '')
    from now, locked, (
        select ticked.task_id,
            now.at + (row_number() over (order by ticked.tick_at) - 1) * interval '1 microsecond' as due_at
        from now, ticked) t
)
select (select count(*) from locked), array(select tick_at from ticked order by tick_at),
    array(select task_id from ticked order by tick_at)

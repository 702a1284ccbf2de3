-- Moves schedules on that stand as they were seen, and makes the tasks of their ticks, all or nothing. A tick that has
-- made its task makes none. What was due by a clock that has gone back since is not made. Rows are locked in one order for everybody; who comes second sees what the first wrote.
with now as materialized (select penstock.clock() as at),
locked as materialized (
    select s.id, s.namespace_id, s.lane, s.payload, s.collection, l.registered, x.next_tick, x.look_at, x.waiting_since,
        x.passed_tick, x.passed
    from now, unnest($1::bigint[], $2::int[], $3::timestamptz[], $4::timestamptz[], $5::timestamptz[], $6::timestamptz[],
            $7::timestamptz[], $8::smallint[], $12::timestamptz[])
            as x (id, edition, seen_tick, next_tick, look_at, waiting_since, passed_tick, passed, not_before)
        join penstock.periodic_schedule s on s.id = x.id
        join penstock.lambda l on l.id = s.lane / 4
    where s.edition = x.edition and s.next_tick = x.seen_tick and not s.paused and not s.retired
      and (x.not_before is null or x.not_before <= now.at)
    order by s.id
    for update of s
),
ticked as (
    insert into penstock.periodic_tick (schedule_id, tick_at, task_id, made_at)
    select locked.id, x.tick_at, x.task_id, now.at
    from now, locked join unnest($9::bigint[], $10::timestamptz[], $11::uuid[]) as x (id, tick_at, task_id)
        on x.id = locked.id
    order by locked.id, x.tick_at
    on conflict do nothing
    returning schedule_id, tick_at, task_id
),
stored as (
    insert into penstock.task (id, scheduled_at, namespace_id, lane, payload, collection, periodic_id)
    select t.task_id, t.tick_at, locked.namespace_id, locked.lane, locked.payload, nullif(locked.collection, ''), locked.id
    from ticked t join locked on locked.id = t.schedule_id
),
waiting as (
    insert into penstock.trigger (id, trigger_at, namespace_id, lane, status, held_for, due_at)
    select t.task_id, case when locked.registered then t.due_at else now.at + interval '30 s' end, locked.namespace_id,
        locked.lane, case when locked.registered then {status:new} else {status:held} end,
        case when not locked.registered then 'registration' end, case when not locked.registered then t.due_at end
    from now, (
        select ticked.*, now.at + (row_number() over (partition by ticked.schedule_id order by ticked.tick_at) - 1)
            * interval '1 microsecond' as due_at
        from now, ticked) t join locked on locked.id = t.schedule_id
),
moved as (
    update penstock.periodic_schedule s
    set next_tick = locked.next_tick, look_at = locked.look_at, waiting_since = locked.waiting_since,
        passed_tick = coalesce(locked.passed_tick, s.passed_tick), passed = coalesce(locked.passed, s.passed),
        last_tick = coalesce(t.tick_at, s.last_tick), last_task_id = coalesce(t.task_id, s.last_task_id)
    from locked left join lateral (
        select tick_at, task_id from ticked where schedule_id = locked.id order by tick_at desc limit 1) t on true
    where s.id = locked.id
    returning s.id
)
select now.at, array(select id from moved),
    array(select distinct locked.lane from ticked join locked on locked.id = ticked.schedule_id where locked.registered)
from now

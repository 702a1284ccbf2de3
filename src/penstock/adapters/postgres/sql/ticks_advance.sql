-- Moves schedules on that stand as they were seen, and makes the tasks of their ticks, all or nothing. A tick that has
-- made its task makes none. What was due by a clock that has gone back since is not made. Rows are locked in one order
-- for everybody; who comes second sees what the first wrote.
-- No step joins two lists of this statement: hundreds of ticks would be compared with hundreds of schedules.
with now as materialized (select penstock.clock() as at),
locked as materialized (
    select s.*, x.next_tick, x.look_at, x.waiting_since, x.passed_tick, x.passed, x.first, x.count
    from now, (
        select * from unnest($1::bigint[], $2::int[], $3::timestamptz[], $4::timestamptz[], $5::timestamptz[],
            $6::timestamptz[], $7::timestamptz[], $8::smallint[], $9::timestamptz[], $10::int[], $11::int[])
            as x (id, edition, seen_tick, next_tick, look_at, waiting_since, passed_tick, passed, not_before, first, count)
        order by id) x, lateral (
        select s.id, s.namespace_id, s.lane, s.payload, s.collection,
            (select l.registered from penstock.lambda l where l.id = s.lane / 4) as registered
        from penstock.periodic_schedule s
        where s.id = x.id and s.edition = x.edition and s.next_tick = x.seen_tick and not s.paused and not s.retired
          and (x.not_before is null or x.not_before <= now.at)
        for update of s) s
),
wanted as materialized (
    select locked.*, t.tick_at, t.task_id, now.at + (t.place - 1) * interval '1 microsecond' as due_at
    from now, locked, lateral unnest(
        ($12::timestamptz[])[locked.first : locked.first + locked.count - 1],
        ($13::uuid[])[locked.first : locked.first + locked.count - 1]) with ordinality as t (tick_at, task_id, place)
),
ticked as (
    insert into penstock.periodic_tick (schedule_id, tick_at, task_id, made_at)
    select wanted.id, wanted.tick_at, wanted.task_id, now.at from now, wanted order by wanted.id, wanted.tick_at
    on conflict do nothing
    returning task_id
),
made as materialized (
    -- "is true" keeps this a look into a hash table
    select * from wanted where (task_id in (select task_id from ticked)) is true
),
stored as (
    insert into penstock.task (id, scheduled_at, namespace_id, lane, payload, collection, periodic_id)
    select task_id, tick_at, namespace_id, lane, payload, nullif(collection, ''), id from made
),
waiting as (
    insert into penstock.trigger (id, trigger_at, namespace_id, lane, status, held_for, due_at, collection)
    select m.task_id, case when m.registered then m.due_at else now.at + interval '30 s' end, m.namespace_id, m.lane,
        case when m.registered then {status:new} else {status:held} end,
        case when not m.registered then 'registration' end, case when not m.registered then m.due_at end,
        coalesce(m.collection, '')
    from now, made m
),
moved as (
    update penstock.periodic_schedule s
    set next_tick = x.next_tick, look_at = x.look_at, waiting_since = x.waiting_since,
        passed_tick = coalesce(x.passed_tick, s.passed_tick), passed = coalesce(x.passed, s.passed),
        last_tick = coalesce(x.tick_at, s.last_tick), last_task_id = coalesce(x.task_id, s.last_task_id)
    from (
        select id, max(next_tick) as next_tick, max(look_at) as look_at, max(waiting_since) as waiting_since,
            max(passed_tick) as passed_tick, max(passed) as passed, max(tick_at) as tick_at,
            (array_agg(task_id order by tick_at desc nulls last))[1] as task_id
        from (
            select id, next_tick, look_at, waiting_since, passed_tick, passed, null::timestamptz as tick_at,
                null::uuid as task_id
            from locked
            union all
            select id, null, null, null, null, null, tick_at, task_id from made) both_of
        group by id) x
    where s.id = x.id
    returning s.id
)
select now.at, array(select id from moved), array(select distinct lane from made where registered) from now

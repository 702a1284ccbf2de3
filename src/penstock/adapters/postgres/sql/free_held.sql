-- Frees what is held for a reason, in due order, and gives it back its own time. What should have run by now is due
-- just now, a microsecond after the one before it: an old time would lie below the mark from which due probes start.
with now as materialized (select penstock.clock() as at),
picked as materialized (
    select h.id, row_number() over (order by h.due_at, h.id) as place from unnest($1::int[]) as l (lane), lateral (
        select t.id, t.due_at from penstock.trigger t
        where t.status = {status:held} and t.lane = l.lane and t.held_for = $2
        order by t.due_at limit $3
        for update skip locked) h
    order by h.due_at, h.id limit $3
),
freed as (
    update penstock.trigger t set status = {status:new}, held_for = null, due_at = null,
        trigger_at = greatest(t.due_at, now.at + (picked.place - $3) * interval '1 microsecond')
    from now, picked where t.id = picked.id and t.status in ({from:free})
    returning t.id
)
select count(*) from freed

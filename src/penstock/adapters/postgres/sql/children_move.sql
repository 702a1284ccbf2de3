-- Moves children whose rows are locked: on, free in due order, or condemned. Of $2 (so many fewer) and $3 (so many) one
-- is given. What should have run by now is due just now, a microsecond after the one before it: an old time would lie
-- below the mark from which due probes start. What is free and has no worker yet waits for one.
with now as materialized (select penstock.clock() as at),
judged as materialized (
    select t.id, x.condemned, coalesce(x.left_now, t.parents_left - x.ended) as left_now,
        row_number() over (order by t.due_at, t.id) as place,
        (select l.registered from penstock.lambda l where l.id = t.lane / 4) as registered
    from unnest($1::uuid[], $2::int[], $3::int[], $4::bool[]) x (id, ended, left_now, condemned)
        join penstock.trigger t on t.id = x.id
    where t.status in ({from:free}) and t.held_for = {held_for:parents}
),
moved as (
    update penstock.trigger t
    set parents_left = j.left_now,
        status = case when not j.condemned and j.left_now <= 0 and j.registered then {status:new} else t.status end,
        held_for = case when j.condemned then {held_for:failed_parent}
                        when j.left_now > 0 then t.held_for
                        when not j.registered then {held_for:registration} end,
        trigger_at = case when j.condemned then now.at
                          when j.left_now > 0 then case when cardinality($3) = 0 then t.trigger_at else now.at + $5::interval end
                          when not j.registered then now.at + interval '30 s'
                          else greatest(t.due_at, now.at + (j.place - cardinality($1)) * interval '1 microsecond') end,
        due_at = case when j.condemned or j.left_now > 0 or not j.registered then t.due_at end
    from now, judged j where t.id = j.id
    returning t.lane, t.status, t.held_for
)
select array(select distinct lane from moved where status <> {status:held}),
    exists (select from moved where held_for = {held_for:failed_parent})

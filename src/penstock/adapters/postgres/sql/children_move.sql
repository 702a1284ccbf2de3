-- Moves children whose rows are locked, given in due order: on, free, or condemned. What should have run by now is due
-- just now, a microsecond after the one before it: an old time would lie below the mark from which due probes start.
-- What is free and has no worker yet waits for one. $5: when who waits on is looked at again; null: as it was.
with now as materialized (select penstock.clock() as at),
moved as (
    update only penstock.trigger t
    set parents_left = x.left_now,
        status = case when not x.condemned and x.left_now <= 0 and x.registered then {status:new} else t.status end,
        held_for = case when x.condemned then {held_for:failed_parent}
                        when x.left_now > 0 then t.held_for
                        when not x.registered then {held_for:registration} end,
        trigger_at = case when x.condemned then now.at
                          when x.left_now > 0 then coalesce(now.at + $5::interval, t.trigger_at)
                          when not x.registered then now.at + interval '30 s'
                          else greatest(t.due_at, now.at + (x.place - cardinality($1)) * interval '1 microsecond') end,
        due_at = case when x.condemned or x.left_now > 0 or not x.registered then t.due_at end
    from now,
        unnest($1::uuid[], $2::int[], $3::bool[], $4::bool[]) with ordinality
            as x (id, left_now, condemned, registered, place)
    where t.id = x.id and ({bits:free} >> t.status) & 1 = 1 and t.held_for = {held_for:parents}
    returning t.lane, t.status, t.held_for
)
select array(select distinct lane from moved where status <> {status:held}),
    exists (select from moved where held_for = {held_for:failed_parent})

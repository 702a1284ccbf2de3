-- Who waits for whom, and for how many: the children were stored in this very transaction.
with edges as (
    insert into penstock.edge (parent_id, child_id, namespace_id, place, on_failure)
    select * from unnest($1::uuid[], $2::uuid[], $3::int[], $4::int[], $5::smallint[])
)
update only penstock.trigger t
set parents_left = x.waits_for,
    trigger_at = case when x.waits_for > 0 then penstock.clock() + $8::interval else t.trigger_at end
from unnest($6::uuid[], $7::int[]) x (id, waits_for)
where t.id = x.id

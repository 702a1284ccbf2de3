-- A retry is a child of the same parents.
insert into penstock.edge (parent_id, child_id, namespace_id, place, on_failure)
select e.parent_id, x.new_id, e.namespace_id, e.place, e.on_failure
from unnest($1::uuid[], $2::uuid[]) x (old_id, new_id)
    join penstock.retry_link r on r.old_id = x.old_id and r.new_id = x.new_id
    join penstock.edge e on e.child_id = x.old_id
on conflict do nothing

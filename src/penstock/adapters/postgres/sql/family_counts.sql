-- How large the family of a task is, and the first of its parents that has not ended.
select (select count(*) from penstock.edge where child_id = $2 and namespace_id = $1),
    (select count(*) from (select from penstock.edge where parent_id = $2 and namespace_id = $1 limit $3) each),
    (select count(*) from (select from penstock.task where parent_id = $2 and namespace_id = $1 limit $3) each),
    (select count(*) from penstock.edge e join only penstock.trigger t on t.id = e.parent_id
     where e.child_id = $2 and e.namespace_id = $1),
    f.parent_id, f.status
from (select) one left join (
    select e.parent_id, t.status from penstock.edge e join only penstock.trigger t on t.id = e.parent_id
    where e.child_id = $2 and e.namespace_id = $1
    order by e.place limit 1) f on true

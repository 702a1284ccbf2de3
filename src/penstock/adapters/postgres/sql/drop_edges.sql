-- Edges of children of which nothing is left.
with gone as (
    delete from penstock.edge where (parent_id, child_id) in (
        select e.parent_id, e.child_id from penstock.edge e
        where e.child_id < $1 and not exists (select from penstock.task_kept k where k.id = e.child_id)
        limit $2)
    returning 1
)
select count(*) from gone

-- The parents of a task, each as the last task that retried it, in order.
with recursive latest as (
    select e.parent_id as id, e.place, e.on_failure from penstock.edge e where e.child_id = $1
    union all
    select r.new_id, l.place, l.on_failure from latest l join penstock.retry_link r on r.old_id = l.id
)
select l.id, l.on_failure from latest l
where not exists (select from penstock.retry_link r where r.old_id = l.id)
order by l.place

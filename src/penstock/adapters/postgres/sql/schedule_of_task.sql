-- The schedule whose tick a task is.
select s.name from (
    select periodic_id from penstock.task where id = $1
    union all
    select periodic_id from penstock.task_kept where id = $1) k
    join penstock.periodic_schedule s on s.id = k.periodic_id
limit 1

-- Links from tasks of which nothing is left.
with gone as (
    delete from penstock.retry_link where old_id = any (array(
        select l.old_id from penstock.retry_link l
        where l.old_id < $1 and not exists (select from penstock.task_kept k where k.id = l.old_id)
        limit $2))
    returning 1
)
select count(*) from gone

-- Old tasks of days that never had a partition: those that have ended and whose outcome is gone.
with gone as (
    delete from penstock.task_default where id = any (array(
        select k.id from penstock.task_default k
        where k.id < $1
          and not exists (select from only penstock.trigger t where t.id = k.id)
          and not exists (select from penstock.outcome o where o.lane = k.lane and o.id = k.id)
          and not exists (select from penstock.outcome_kept o where o.id = k.id)
        limit $2))
    returning 1
)
select count(*) from gone

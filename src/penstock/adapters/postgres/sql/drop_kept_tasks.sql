-- Tasks that were moved aside and have ended since, once their outcome is gone, too.
with gone as (
    delete from penstock.task_kept where id = any (array(
        select k.id from penstock.task_kept k
        where not exists (select from only penstock.trigger t where t.id = k.id)
          and not exists (select from penstock.outcome o where o.lane = k.lane and o.id = k.id)
          and not exists (select from penstock.outcome_kept o where o.id = k.id)
          and not exists (select from penstock.task s where s.id = k.id)
        limit $1))
    returning 1
)
select count(*) from gone

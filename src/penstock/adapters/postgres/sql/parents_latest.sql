-- Of those ids that name tasks of the namespace which live or whose end is known: the last task that retried it, itself
-- when none did.
with recursive latest as (
    select x.id as asked, x.id from unnest($2::uuid[]) x (id)
    where exists (select from penstock.task k where k.id = x.id and k.id between $3 and $4 and k.namespace_id = $1)
       or exists (select from penstock.task_kept k where k.id = x.id and k.namespace_id = $1)
    union all
    select l.asked, r.new_id from latest l join penstock.retry_link r on r.old_id = l.id
)
select l.asked, l.id from latest l
where not exists (select from penstock.retry_link r where r.old_id = l.id)
  and (exists (select from only penstock.trigger t where t.id = l.id)
    or exists (select from penstock.outcome_kept o where o.id = l.id)
    or exists (
        select from penstock.task k join penstock.outcome o on o.lane = k.lane and o.id = k.id
        where k.id = l.id and o.finished_at >= $5)
    or exists (
        select from penstock.task_kept k join penstock.outcome o on o.lane = k.lane and o.id = k.id
        where k.id = l.id and o.finished_at >= $5))

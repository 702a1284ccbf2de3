-- Dead ones that were kept for long enough, and others as soon as no child that lives may ask for them.
with gone as (
    delete from penstock.outcome_kept where id = any (array(
        select o.id from penstock.outcome_kept o
        where (o.status <> {status:dead} or o.finished_at <= penstock.clock() - $1::interval)
          and not exists (
              select from penstock.edge e join only penstock.trigger t on t.id = e.child_id where e.parent_id = o.id)
        limit $2))
    returning 1
)
select count(*) from gone

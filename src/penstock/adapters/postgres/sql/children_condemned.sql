-- Children that are to be cancelled, each with the first of the parents that are the reason.
select t.id, p.id, p.status
from (
    select t.id from only penstock.trigger t
    where t.status = {status:held} and t.held_for = {held_for:failed_parent}
      and ($1::int4multirange is null or penstock.bucket(t.id) <@ $1)
    limit $2) t
    left join lateral (
        select e.parent_id as id, o.status
        from penstock.edge e, lateral (
            select lane from penstock.task where id = e.parent_id
            union all
            select lane from penstock.task_kept where id = e.parent_id
            limit 1) k, lateral (
            select status from penstock.outcome where lane = k.lane and id = e.parent_id
            union all
            select status from penstock.outcome_kept where id = e.parent_id
            limit 1) o
        where e.child_id = t.id and (o.status, e.on_failure) in ({condemning})
        order by e.place limit 1) p on true

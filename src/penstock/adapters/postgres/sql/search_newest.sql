-- The newest tasks of a namespace in any of these statuses. Walks the ids backwards, so it suits filters that most pass.
select k.id
from (select id, namespace_id, lane, collection from penstock.task
      union all select id, namespace_id, lane, collection from penstock.task_kept) k
    left join only penstock.trigger t on t.id = k.id
    left join lateral (
        select status from penstock.outcome where lane = k.lane and id = k.id and finished_at >= $4
        union all
        select status from penstock.outcome_kept where id = k.id
        limit 1) o on t.id is null
where k.namespace_id = $1 and k.id >= $2 and k.id < $3 and coalesce(t.status, o.status) = any ($5::smallint[])
  and ($6::text = '' or k.collection = $6)
order by k.id desc limit $7

-- The newest ended tasks of some lanes in any of these statuses.
select e.id from unnest($4::int[]) l (lane), lateral (
    select * from (
        select id, namespace_id, status from penstock.outcome
            where lane = l.lane and id >= $2 and id < $3 and finished_at >= $8
        union all
        select id, namespace_id, status from penstock.outcome_kept where lane = l.lane and id >= $2 and id < $3) o
    where o.namespace_id = $1 and o.status = any ($5::smallint[])
      and ($6::text = '' or exists (select from penstock.task k where k.id = o.id and k.collection = $6)
           or exists (select from penstock.task_kept k where k.id = o.id and k.collection = $6))
    order by o.id desc limit $7) e
order by e.id desc limit $7

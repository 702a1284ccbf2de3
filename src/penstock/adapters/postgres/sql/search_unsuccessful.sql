-- The newest ended tasks in statuses other than success, of some lanes or of all.
select e.id from unnest($5::smallint[]) s (status), lateral (
    select * from (
        select id, namespace_id, lane from penstock.outcome
            where status = s.status and status <> {status:success} and id >= $2 and id < $3 and finished_at >= $8
        union all
        select id, namespace_id, lane from penstock.outcome_kept where status = s.status and id >= $2 and id < $3) o
    where o.namespace_id = $1 and ($4::int[] is null or o.lane = any ($4))
      and ($6::text = '' or exists (select from penstock.task k where k.id = o.id and k.collection = $6)
           or exists (select from penstock.task_kept k where k.id = o.id and k.collection = $6))
    order by o.id desc limit $7) e
order by e.id desc limit $7

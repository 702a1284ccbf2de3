-- Dead letters that are alike, and how many.
select l.name, coalesce(k.collection, ''), coalesce(o.failure_type, ''), coalesce(o.reason, ''), count(*),
    min(o.finished_at), max(o.finished_at)
from (
    select distinct on (d.id) d.id, d.lane, d.failure_type, d.reason, d.finished_at from (
        select id, lane, namespace_id, failure_type, reason, finished_at from penstock.outcome
            where status = {status:dead} and status <> {status:success} and finished_at >= $5 and finished_at < $6
        union all
        select id, lane, namespace_id, failure_type, reason, finished_at from penstock.outcome_kept
            where status = {status:dead} and finished_at >= $5 and finished_at < $6) d
    where d.namespace_id = $1 and ($2::int[] is null or d.lane = any ($2))
      and ($3::text = '' or d.failure_type = $3) and ($4::text = '' or d.reason = $4)
      and not exists (select from penstock.retry_link r where r.old_id = d.id)
    order by d.id
) o
    join lateral (
        select collection from penstock.task where id = o.id
        union all
        select collection from penstock.task_kept where id = o.id
        limit 1) k on true
    join penstock.lambda l on l.id = o.lane / 4
where $7::text = '' or k.collection = $7
group by 1, 2, 3, 4 order by count(*) desc, 1, 2, 3, 4 limit $8

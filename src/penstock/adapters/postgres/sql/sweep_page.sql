-- The next dead letters of a filter by rising id. What retention has moved aside may stand twice for a moment.
select distinct on (o.id) o.id, o.lane from (
    select id, lane, namespace_id, failure_type, reason, finished_at from penstock.outcome
        where status = {status:dead} and status <> {status:success} and ($2::uuid is null or id > $2)
          and finished_at >= $7 and finished_at < $8
    union all
    select id, lane, namespace_id, failure_type, reason, finished_at from penstock.outcome_kept
        where status = {status:dead} and ($2::uuid is null or id > $2) and finished_at >= $7 and finished_at < $8) o
where o.namespace_id = $1 and ($3::int[] is null or o.lane = any ($3))
  and ($5::text = '' or o.failure_type = $5) and ($6::text = '' or o.reason = $6)
  and ($4::text = '' or exists (select from penstock.task k where k.id = o.id and k.collection = $4)
       or exists (select from penstock.task_kept k where k.id = o.id and k.collection = $4))
  and not exists (select from penstock.retry_link l where l.old_id = o.id)
order by o.id limit $9

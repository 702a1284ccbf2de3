-- The next ended tasks that were not tried again, by rising id. What retention has moved aside may stand twice for a
-- moment.
select distinct on (e.id) e.id from unnest($10::smallint[]) s (status), lateral (
    select distinct on (o.id) o.id from (
        select id, lane, namespace_id, failure_type, reason from penstock.outcome
            where status = s.status and status <> {status:success} and ($2::uuid is null or id > $2)
              and finished_at >= $7 and finished_at < $8
        union all
        select id, lane, namespace_id, failure_type, reason from penstock.outcome_kept
            where status = s.status and ($2::uuid is null or id > $2) and finished_at >= $7 and finished_at < $8) o
    where o.namespace_id = $1 and ($3::int[] is null or o.lane = any ($3))
      and ($5::text = '' or o.failure_type = $5) and ($6::text = '' or o.reason = $6)
      and ($13::jsonb is null or o.id in (
          select id from penstock.task where attributes @> $13 and attributes is not null
          union all
          select id from penstock.task_kept where attributes @> $13 and attributes is not null))
      and (($4::text = '' and $11::timestamptz is null and $12::timestamptz is null) or exists (
          select from (
              select collection, scheduled_at from penstock.task where id = o.id
              union all
              select collection, scheduled_at from penstock.task_kept where id = o.id) k
          where ($4 = '' or k.collection = $4) and ($11 is null or k.scheduled_at >= $11)
            and ($12 is null or k.scheduled_at < $12)))
      and not exists (select from penstock.retry_link l where l.old_id = o.id)
    order by o.id limit $9) e
order by e.id limit $9

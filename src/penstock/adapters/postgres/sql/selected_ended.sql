-- The ended tasks that a sweep would try again, by lambda and status; the first ids of each kind. Counted up to $8.
select l.name, c.status, count(*), min(c.scheduled_at), max(c.scheduled_at), (array_agg(c.id order by c.id))[1:$9::int]
from (
    select distinct on (o.id) o.id, o.lane, o.status, k.scheduled_at
    from (
        select id, lane, namespace_id, status from penstock.outcome
            where status = any ($3::smallint[]) and status <> {status:success}
        union all
        select id, lane, namespace_id, status from penstock.outcome_kept where status = any ($3::smallint[])) o
        cross join lateral (
            select collection, scheduled_at, attributes from penstock.task where id = o.id
            union all
            select collection, scheduled_at, attributes from penstock.task_kept where id = o.id
            limit 1) k
    where ($7::jsonb is null or o.id in (
            select id from penstock.task where attributes @> $7 and attributes is not null
            union all
            select id from penstock.task_kept where attributes @> $7 and attributes is not null))
      and o.namespace_id = $1 and ($2::int[] is null or o.lane = any ($2))
      and ($4::text = '' or k.collection = $4) and ($5::timestamptz is null or k.scheduled_at >= $5)
      and ($6::timestamptz is null or k.scheduled_at < $6)
      and not exists (select from penstock.retry_link r where r.old_id = o.id)
    order by o.id limit $8) c
    join penstock.lambda l on l.id = c.lane / 4
group by 1, 2 order by count(*) desc, 1, 2

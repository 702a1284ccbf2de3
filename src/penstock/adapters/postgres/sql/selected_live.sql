-- The live tasks that a sweep would cancel, by lambda and status; the first ids of each kind. Counted up to $8. Who has
-- some attributes is asked of their index, once; the collection stands beside the status, but for rows of before.
select l.name, c.status, count(*), min(c.scheduled_at), max(c.scheduled_at), (array_agg(c.id order by c.id))[1:$9::int]
from (
    select t.id, t.lane, t.status, k.scheduled_at
    from only penstock.trigger t cross join lateral (
        select collection, scheduled_at, attributes from penstock.task where id = t.id
        union all
        select collection, scheduled_at, attributes from penstock.task_kept where id = t.id
        limit 1) k
    where t.namespace_id = $1 and ($2::int[] is null or t.lane = any ($2)) and t.status = any ($3::smallint[])
      and not t.cancel_requested and ($4::text = '' or t.collection = $4 or t.collection is null)
      and ($7::jsonb is null or t.id in (
          select id from penstock.task where attributes @> $7 and attributes is not null
          union all
          select id from penstock.task_kept where attributes @> $7 and attributes is not null))
      and ($4 = '' or k.collection = $4) and ($5::timestamptz is null or k.scheduled_at >= $5)
      and ($6::timestamptz is null or k.scheduled_at < $6)
    limit $8) c
    join penstock.lambda l on l.id = c.lane / 4
group by 1, 2 order by count(*) desc, 1, 2

-- The newest tasks that have some attributes, in any of these statuses. Those that have them are found by their index
-- first: they are few among all.
with wanted as materialized (
    select id, lane, collection from penstock.task
        where namespace_id = $1 and attributes @> $9::jsonb and attributes is not null and id >= $2 and id < $3
    union
    select id, lane, collection from penstock.task_kept
        where namespace_id = $1 and attributes @> $9::jsonb and attributes is not null and id >= $2 and id < $3
)
select k.id
from wanted k
    left join only penstock.trigger t on t.id = k.id
    left join lateral (
        select status from penstock.outcome where lane = k.lane and id = k.id and finished_at >= $8
        union all
        select status from penstock.outcome_kept where id = k.id
        limit 1) o on t.id is null
where ($4::int[] is null or k.lane = any ($4)) and coalesce(t.status, o.status) = any ($5::smallint[])
  and ($6::text = '' or k.collection = $6)
order by k.id desc limit $7

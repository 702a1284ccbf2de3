-- The new task of a retry: a copy of the old one, due now, linked back to it. One of a periodic schedule keeps the time
-- of its tick, which says what it is about.
with now as materialized (select penstock.clock() as at),
stored as (
    insert into penstock.task (id, scheduled_at, namespace_id, lane, payload, periodic_id,
        collection, parent_id, retry_of, attributes)
    select $2, case when o.periodic_id is null then now.at else o.scheduled_at end, o.namespace_id, o.lane, o.payload,
        o.periodic_id, o.collection, o.parent_id, o.id, o.attributes
    from now, (
        select * from penstock.task where id = $1
        union all
        select * from penstock.task_kept where id = $1
        limit 1
    ) o
    returning id, namespace_id, lane, collection
)
insert into penstock.trigger (id, trigger_at, namespace_id, lane, status, collection)
select stored.id, now.at, stored.namespace_id, stored.lane, {status:new}, coalesce(stored.collection, '')
from now, stored

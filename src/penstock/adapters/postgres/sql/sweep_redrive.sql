-- Makes a new task of each old one that has none yet, due now and linked with it; answers the lanes. One of a periodic
-- schedule keeps the time of its tick, which says what it is about.
with now as materialized (select penstock.clock() as at),
linked as (
    insert into penstock.retry_link (old_id, new_id) select * from unnest($1::uuid[], $2::uuid[])
    on conflict do nothing
    returning old_id, new_id
),
stored as (
    insert into penstock.task (id, scheduled_at, namespace_id, lane, payload, periodic_id,
        collection, parent_id, retry_of, attributes)
    select l.new_id, case when o.periodic_id is null then now.at else o.scheduled_at end, o.namespace_id, o.lane,
        o.payload, o.periodic_id, o.collection, o.parent_id, o.id, o.attributes
    from now, linked l cross join lateral (
        select * from penstock.task where id = l.old_id
        union all
        select * from penstock.task_kept where id = l.old_id
        limit 1) o
    returning id, namespace_id, lane, collection
)
insert into penstock.trigger (id, trigger_at, namespace_id, lane, status, collection)
select stored.id, now.at, stored.namespace_id, stored.lane, {status:new}, coalesce(stored.collection, '')
from now, stored
returning lane

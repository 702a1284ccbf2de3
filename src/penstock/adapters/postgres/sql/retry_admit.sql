-- The new task of a retry: a copy of the old one, due now, linked back to it.
with now as materialized (select penstock.clock() as at),
stored as (
    insert into penstock.task (id, scheduled_at, namespace_id, lane, payload, collection, parent_id, retry_of)
    select $2, now.at, o.namespace_id, o.lane, o.payload, o.collection, o.parent_id, o.id
    from now, (
        select * from penstock.task where id = $1
        union all
        select * from penstock.task_kept where id = $1
        limit 1
    ) o
    returning id, scheduled_at, namespace_id, lane, collection
)
insert into penstock.trigger (id, trigger_at, namespace_id, lane, status, collection)
select id, scheduled_at, namespace_id, lane, {status:new}, coalesce(collection, '') from stored

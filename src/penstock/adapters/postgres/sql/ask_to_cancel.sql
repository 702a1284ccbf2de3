-- Marks owned tasks; their holders are told with their next heartbeat, and their leases stay.
with asked as (
    update only penstock.trigger set cancel_requested = true
    where id = any ($1::uuid[]) and status in ({stay:cancel_request})
    returning id
)
select array_agg(id) from asked

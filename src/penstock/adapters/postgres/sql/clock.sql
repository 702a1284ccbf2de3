-- The store's clock, and who its primary is: a restart or a failover changes the name.
select penstock.clock(), concat_ws('/', (select system_identifier from pg_control_system()),
    (select timeline_id from pg_control_checkpoint()), extract(epoch from pg_postmaster_start_time()))

-- The oldest transaction that is under way and has a number, and all that are open in this database, those without a
-- number too. The list is made after the snapshot: who has given out a lower number than a row that this snapshot sees
-- has ended, or stands in it. What runs in the background writes no rows; what is prepared has no session.
select pg_snapshot_xmin(pg_current_snapshot())::text::bigint as oldest,
    array(
        select l.virtualxid from pg_locks l join pg_stat_activity a on a.pid = l.pid
        where l.locktype = 'virtualxid' and l.granted and l.mode = 'ExclusiveLock' and l.pid <> pg_backend_pid()
            and a.usesysid is not null
            and a.datid = (select d.oid from pg_database d where d.datname = current_database())
        union all
        select 'prepared' from pg_prepared_xacts p where p.database = current_database()
    ) as open

-- Makes schedules whose names are free, in one order for everybody.
insert into penstock.periodic_schedule (namespace_id, app, name, lane, bucket, cron, zone, interval_us, anchor, payload,
    collection, misfire, overlap, jitter_us, seed, next_tick, look_at)
select $1, $2, x.*
from unnest($3::text[], $4::int[], $5::int[], $6::text[], $7::text[], $8::bigint[], $9::timestamptz[], $10::bytea[],
    $11::text[], $12::smallint[], $13::smallint[], $14::bigint[], $15::bytea[], $16::timestamptz[], $17::timestamptz[])
    as x (name, lane, bucket, cron, zone, interval_us, anchor, payload, collection, misfire, overlap, jitter_us, seed,
        next_tick, look_at)
order by x.name collate "C"
on conflict do nothing

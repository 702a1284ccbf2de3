-- Gives schedules that an app declares their new definition. What changes their ticks begins them anew; a schedule that
-- was retired begins anew, too.
update penstock.periodic_schedule s
set lane = x.lane, cron = x.cron, zone = x.zone, interval_us = x.interval_us, anchor = x.anchor, payload = x.payload,
    collection = x.collection, misfire = x.misfire, overlap = x.overlap, jitter_us = x.jitter_us,
    edition = s.edition + 1, retired = false,
    next_tick = case when x.anew then x.next_tick else s.next_tick end,
    look_at = case when x.anew then x.look_at else s.look_at end,
    waiting_since = case when not x.anew then s.waiting_since end
from unnest($2::text[], $3::int[], $4::text[], $5::text[], $6::bigint[], $7::timestamptz[], $8::bytea[], $9::text[],
    $10::smallint[], $11::smallint[], $12::bigint[], $13::timestamptz[], $14::timestamptz[], $15::bool[])
    as x (name, lane, cron, zone, interval_us, anchor, payload, collection, misfire, overlap, jitter_us, next_tick,
        look_at, anew)
where s.namespace_id = $1 and s.name = x.name

-- The earliest time at which something of each lane is due: one look at the front of its part of the index.
select l.lane, (
    select t.trigger_at from penstock.trigger t
    where t.lane = l.lane and t.status in ({waits_for_time}) and not t.cancel_requested
      and t.trigger_at >= l.since and ($3::int4multirange is null or penstock.bucket(t.id) <@ $3)
    order by t.trigger_at limit 1) as due_at, penstock.clock()
from unnest($1::int[], $2::timestamptz[]) as l (lane, since)

-- What should have moved on by now and did not, the oldest first.
select t.id, t.lane, t.status, t.trigger_at, t.claim, t.attempts, t.crashes, t.lapses, t.suspect, t.cancel_requested,
    t.held_for, case when t.status = {status:processing} then t.executor end,
    case when t.status = {status:processing} then t.started_at end, now.at
from (select penstock.clock() as at) now left join lateral (
    select * from penstock.trigger t
    where (t.status in ({looked_after}) or t.cancel_requested)
      and t.trigger_at >= $1 and t.trigger_at <= now.at
      and ($2::int4multirange is null or penstock.bucket(t.id) <@ $2)
    order by t.trigger_at limit $3) t on true
order by t.trigger_at

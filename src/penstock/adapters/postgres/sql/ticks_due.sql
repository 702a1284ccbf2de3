-- Schedules to look at, the longest due first, and when the next of the others is.
select now.at, (
        select s.look_at from penstock.periodic_schedule s
        where not s.paused and not s.retired and s.look_at > now.at
          and ($1::int4multirange is null or s.bucket <@ $1)
        order by s.look_at limit 1),
    d.id, d.edition, d.cron, d.zone, d.interval_us, d.anchor, d.misfire, d.overlap, d.jitter_us, d.seed, d.next_tick,
    d.look_at, d.waiting_since, d.last_task_id,
    d.last_task_id is not null and exists (select from only penstock.trigger t where t.id = d.last_task_id),
    octet_length(d.payload)
from (select penstock.clock() as at) now left join lateral (
    select * from penstock.periodic_schedule s
    where not s.paused and not s.retired and s.look_at <= now.at
      and ($1::int4multirange is null or s.bucket <@ $1)
    order by s.look_at limit $2) d on true
order by d.look_at, d.id

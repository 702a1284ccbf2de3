-- What is in these lanes or at executors, by lane and status, as far as it is looked at again before $3 from now;
-- of what is enqueued the earliest time it was scheduled for. Counted up to $2 over all lanes.
select m.lane, m.status, count(*), count(*) filter (where m.suspect),
    min(case when m.status = {status:enqueued} then coalesce(
        (select k.scheduled_at from penstock.task k where k.id = m.id),
        (select k.scheduled_at from penstock.task_kept k where k.id = m.id)) end)
from (select penstock.clock() as at) now, lateral (
    select t.id, t.lane, t.status, t.suspect from penstock.trigger t
    where (t.status in ({looked_after}) or t.cancel_requested) and t.trigger_at <= now.at + $3::interval
      and t.status in ({status:enqueued}, {status:claimed}, {status:processing}) and t.lane = any ($1::int[])
    limit $2) m
group by m.lane, m.status

-- The running sweep that has waited longest for its step, see sweep_wait. It stays locked until the step is written.
select s.id, s.namespace_id, s.kind, s.rate_per_s, s.reached, s.lanes, s.collection, s.error_type, s.cause, s.from_at,
    s.until_at, now.at
from penstock.sweep s, (select penstock.clock() as at) now
where s.status = 1 and (s.next_step_at <= now.at or s.next_step_at - s.pause > now.at)
order by s.next_step_at limit 1 for update of s skip locked

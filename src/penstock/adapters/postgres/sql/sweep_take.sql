-- The running sweep that has waited longest for its step, see sweep_wait: as `sweep_rows.sweep_of` takes it, and how far
-- it has come. It stays locked until the step is written.
select s.id, s.namespace_id, s.kind, s.lambda_name, s.collection, s.error_type, s.cause, s.from_at, s.until_at,
    s.rate_per_s, s.asked_by, s.reason, s.status, s.handled, s.created_at, s.ended_at, s.stopped_by, s.statuses,
    s.scheduled_from, s.scheduled_until, s.attributes, s.reached, s.lanes, s.last_id, now.at
from penstock.sweep_order s, (select penstock.clock() as at) now
where s.status = 1 and (s.next_step_at <= now.at or s.next_step_at - s.pause > now.at)
order by s.next_step_at limit 1 for update of s skip locked

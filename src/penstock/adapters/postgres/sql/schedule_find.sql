-- One schedule by its name.
select s.id, s.namespace_id, s.name, l.name as lambda_name, s.lane, s.cron, s.zone, s.interval_us, s.anchor, s.payload, s.collection,
    s.misfire, s.overlap, s.jitter_us, s.edition, s.app, s.paused, s.retired, s.next_tick, s.seed, s.last_tick,
    s.last_task_id, s.passed_tick, s.passed
from penstock.periodic_schedule s join penstock.lambda l on l.id = s.lane / 4
where s.namespace_id = $1 and s.name = $2

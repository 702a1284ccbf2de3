-- Schedules by rising name: of one lambda, or of all; without their payloads, which may be large.
select s.id, s.namespace_id, s.name, l.name as lambda_name, s.lane, s.cron, s.zone, s.interval_us, s.anchor, ''::bytea, s.collection,
    s.misfire, s.overlap, s.jitter_us, s.edition, s.app, s.paused, s.retired, s.next_tick, s.seed, s.last_tick,
    s.last_task_id, s.passed_tick, s.passed
from penstock.periodic_schedule s join penstock.lambda l on l.id = s.lane / 4
where s.namespace_id = $1 and s.name collate "C" > $2 and ($3::int is null or s.lane / 4 = $3)
order by s.name collate "C" limit $4

-- The last ticks of a schedule that made a task.
select tick_at, task_id from penstock.periodic_tick where schedule_id = $1 order by tick_at desc limit $2

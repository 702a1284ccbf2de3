-- The executions of a task that did not end in success, oldest first.
select id, claim, ending, run_us, ended_at, executor, failure_type, failure_message, failure_traceback
from penstock.attempt where id = $1 and ended_at >= $2 order by claim, ended_at

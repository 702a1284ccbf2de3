-- The outcomes of tasks that have ended. A task tells the lane by which its outcome is found.
select o.id, o.lane, o.status, o.finished_at, o.run_us, o.claim, o.attempts, o.crashes, o.lapses, o.result,
    o.result_left_out, o.failure_type, o.failure_message, o.failure_traceback, o.executor, o.reason,
    (select name from penstock.lambda where id = o.lane / 4) as lambda_name,
    (select new_id from penstock.retry_link where old_id = o.id) as retried_as
from unnest($2::uuid[]) x (id), lateral (
    select lane, namespace_id from penstock.task where id = x.id and id between $3 and $4
    union all
    select lane, namespace_id from penstock.task_kept where id = x.id
    limit 1) k, lateral (
    select * from penstock.outcome where lane = k.lane and id = x.id and finished_at >= $5
    union all
    select * from penstock.outcome_kept where id = x.id
    limit 1) o
where k.namespace_id = $1

-- How those of some tasks ended that have ended. An outcome is found by its lane, which the task knows.
select x.id, o.status
from unnest($1::uuid[]) x (id), lateral (
    select lane from penstock.task where id = x.id and id between $2 and $3
    union all
    select lane from penstock.task_kept where id = x.id
    limit 1) k, lateral (
    select status from penstock.outcome where lane = k.lane and id = x.id and finished_at >= $4
    union all
    select status from penstock.outcome_kept where id = x.id
    limit 1) o

-- What stands of refused changes, so that a repeat is told from a stale report: endings that were written.
-- An outcome is found by its lane, which the task knows; it ended no earlier than its id was made, give or take a day.
select x.id, o.claim, o.status, null::smallint as ending
from unnest($1::uuid[]) x (id), lateral (
    select lane from penstock.task where id = x.id and id between $2 and $3
    union all select lane from penstock.task_kept where id = x.id) k,
    lateral (select claim, status from penstock.outcome where lane = k.lane and id = x.id and finished_at >= $4
    union all select claim, status from penstock.outcome_kept where id = x.id) o
union all
select a.id, a.claim, null, a.ending
from unnest($1::uuid[]) x (id), penstock.attempt a where a.id = x.id and a.ended_at >= $4

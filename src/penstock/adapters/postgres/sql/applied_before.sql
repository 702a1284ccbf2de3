-- applied_before
-- What stands of refused changes, so that a repeat is told from a stale report: endings that were written.
-- An outcome is found by its lane, which the task knows; it ended no earlier than its id was made, give or take a day.
-- Each with its namespace: another's worker is told nothing of it.
select x.id, o.claim, o.status, null::smallint as ending, o.namespace_id
from unnest($1::uuid[]) x (id), lateral (
    select lane from penstock.task where id = x.id and id between $2 and $3
    union all select lane from penstock.task_kept where id = x.id) k,
    lateral (select claim, status, namespace_id from penstock.outcome
        where lane = k.lane and id = x.id and finished_at >= $4
    union all select claim, status, namespace_id from penstock.outcome_kept where id = x.id) o
union all
select a.id, a.claim, null, a.ending, k.namespace_id
from unnest($1::uuid[]) x (id) join penstock.attempt a on a.id = x.id and a.ended_at >= $4
left join lateral (
    select namespace_id from penstock.task where id = x.id and id between $2 and $3
    union all select namespace_id from penstock.task_kept where id = x.id) k on true

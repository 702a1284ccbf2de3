-- All about one task: what it was scheduled as, its live row, its outcome, its links.
select k.id, n.name, l.name, k.lane, k.collection, k.scheduled_at, case when $5 then k.payload end, k.parent_id,
    k.retry_of, (select new_id from penstock.retry_link where old_id = k.id),
    t.id, t.lane, t.status, t.trigger_at, t.claim, t.attempts, t.crashes, t.lapses, t.suspect, t.cancel_requested,
    t.held_for,
    o.id, o.lane, o.status, o.finished_at, o.run_us, o.claim, o.attempts, o.crashes, o.lapses, o.result,
    o.result_left_out, o.failure_type, o.failure_message, o.failure_traceback, o.executor, o.reason,
    case when t.status = {status:processing} then t.executor end,
    case when t.status = {status:processing} then t.started_at end,
    g.collection, g.state, g.version, g.since, g.until, g.reason, g.who,
    p.done, p.total, p.message, p.at, p.claim, k.attributes
from unnest($2::uuid[]) with ordinality x (id, position)
    cross join lateral (
        select * from penstock.task where id = x.id and id between $3 and $4
        union all
        select * from penstock.task_kept where id = x.id
        limit 1) k
    join penstock.namespace n on n.id = k.namespace_id
    join penstock.lambda l on l.id = k.lane / 4
    left join only penstock.trigger t on t.id = k.id
    left join penstock.progress p on p.id = k.id
    left join lateral (
        select * from penstock.outcome where lane = k.lane and id = k.id and finished_at >= $6
        union all
        select * from penstock.outcome_kept where id = k.id
        limit 1) o on t.id is null
    left join lateral (
        select * from penstock.gate s
        where t.status = {status:held} and t.held_for in ({held_for:gate}, {held_for:collection}, {held_for:drop})
          and s.lambda_id = k.lane / 4 and s.collection in ('', coalesce(k.collection, '')) and s.state <> {gate:open}
        order by s.state desc, s.collection
        limit 1) g on true
where k.namespace_id = $1
order by x.position

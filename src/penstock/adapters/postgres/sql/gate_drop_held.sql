-- Ends what was due while a gate dropped. It never ran because of that. What has
-- children is only named: it ends with a word to them.
with picked as materialized (
    select t.id from only penstock.trigger t
    where t.status = {status:held} and t.held_for = {held_for:drop} and t.has_children is not true
    limit $1
    for update skip locked
),
gone as (
    delete from only penstock.trigger t using picked
    where t.id = picked.id and t.status in ({from:drop})
    returning t.id, t.namespace_id, t.lane, t.claim, t.attempts, t.crashes, t.lapses
),
ended as (
    insert into penstock.outcome (id, finished_at, run_us, namespace_id, lane, claim, status, attempts, crashes,
        lapses, result_left_out, reason)
    select id, now.at, 0, namespace_id, lane, claim, {status:dropped}, attempts, crashes, lapses, false, 'gate'
    from gone, (select penstock.clock() as at) now
)
select id, false from gone
union all
(select t.id, true from only penstock.trigger t
 where t.status = {status:held} and t.held_for = {held_for:drop} and t.has_children
 limit $1)

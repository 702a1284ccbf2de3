-- Ends tasks that succeeded: the hot row goes, the outcome comes. The plain case, which needs no other column.
-- What has children is left to who locks them, too.
-- Answers how many ended, and which only when some did not. Claims and executors that are all the same travel as one.
-- `= any (array[x.id])` is `= x.id` in a form that no join can be turned around by: the hot rows are looked up one by
-- one through their primary key, and never walked, whatever was in the table when this was planned.
with gone as (
    delete from only penstock.trigger t
    using unnest($1::uuid[], $2::int[], $3::bigint[], $4::bytea[], $5::bool[], $6::text[], $7::int[])
        as x (id, claim, run_us, result, result_left_out, executor, namespace_id)
    where t.id = any (array[x.id]) and t.claim = coalesce(x.claim, ($2::int[])[1]) and (x.namespace_id is null or t.namespace_id = x.namespace_id)
      and ({bits:succeeded} >> t.status) & 1 = 1 and t.has_children is not true
    returning t.id, t.namespace_id, t.lane, t.claim, t.attempts, t.crashes, t.lapses,
        x.run_us, x.result, x.result_left_out, coalesce(x.executor, ($6::text[])[1]) as executor
),
ended as (
    insert into penstock.outcome (id, finished_at, run_us, namespace_id, lane, claim, status, attempts, crashes,
        lapses, result_left_out, result, executor)
    select id, now.at, coalesce(run_us, 0), namespace_id, lane, claim, {status:success}, attempts + 1, crashes,
        lapses, coalesce(result_left_out, false), nullif(result, ''), nullif(executor, '')
    from gone, (select penstock.clock() as at) now
)
select count(*), case when count(*) < cardinality($1) then array_agg(id) end from gone

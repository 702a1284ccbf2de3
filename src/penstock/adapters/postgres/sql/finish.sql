-- Ends tasks in any way: each row brings the statuses it may leave, as bits, and what it adds to the counters. What has
-- children is left as it is unless $18 says that the caller holds their locks.
with gone as (
    delete from only penstock.trigger t
    using unnest($1::uuid[], $2::int[], $3::int[], $4::smallint[], $5::smallint[], $6::smallint[], $7::smallint[],
                 $8::bigint[], $9::bytea[], $10::bool[], $11::text[], $12::text[], $13::text[], $14::text[], $15::text[],
                 $16::timestamptz[], $17::int[])
        as x (id, claim, legal_sources, status, attempts, crashes, lapses, run_us, result, result_left_out,
              failure_type, failure_message, failure_traceback, executor, reason, seen_trigger_at,
              namespace_id)
    where t.id = x.id and (x.claim is null or t.claim = x.claim)
      and (x.seen_trigger_at is null or t.trigger_at = x.seen_trigger_at)
      and (x.namespace_id is null or t.namespace_id = x.namespace_id)
      and (x.legal_sources >> t.status) & 1 = 1 and ($18 or t.has_children is not true)
    returning t.id, t.has_children, t.namespace_id, t.lane, t.claim, x.status,
        t.attempts + x.attempts as attempts, t.crashes + x.crashes as crashes, t.lapses + x.lapses as lapses,
        x.run_us, x.result, x.result_left_out, x.failure_type, x.failure_message, x.failure_traceback,
        x.executor, x.reason
),
ended as (
    insert into penstock.outcome (id, finished_at, run_us, namespace_id, lane, claim, status, attempts, crashes,
        lapses, result_left_out, result, failure_type, failure_message, failure_traceback, executor, reason)
    select id, now.at, run_us, namespace_id, lane, claim, status, attempts, crashes, lapses, result_left_out,
        nullif(result, ''), nullif(failure_type, ''), nullif(failure_message, ''), nullif(failure_traceback, ''),
        nullif(executor, ''), nullif(reason, '')
    from gone, (select penstock.clock() as at) now
)
select array_agg(id), array_agg(id) filter (where has_children) from gone

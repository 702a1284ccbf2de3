-- Writes lines of history.
insert into penstock.attempt
    (id, ended_at, run_us, claim, ending, failure_type, failure_message, failure_traceback, executor)
select x.id, now.at, x.run_us, x.claim, x.ending, nullif(x.failure_type, ''), nullif(x.failure_message, ''),
    nullif(x.failure_traceback, ''), nullif(x.executor, '')
from (select penstock.clock() as at) now,
    unnest($1::uuid[], $2::bigint[], $3::int[], $4::smallint[], $5::text[], $6::text[], $7::text[], $8::text[])
        as x (id, run_us, claim, ending, failure_type, failure_message, failure_traceback, executor)

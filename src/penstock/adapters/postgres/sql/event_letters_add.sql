-- Events that died. One that was redriven and dies again is told anew.
insert into penstock.event_letter (sequence, died_at, appended_at, happened_at, delivery_id, lambda_id, stream_id,
    namespace_id, attempts, crashes, blocks, subject_hash, subject, type, data, source, id, content_type, extensions,
    failure_type, failure_message, failure_traceback, executor, reason)
select x.sequence, now.at, x.appended_at, x.happened_at, d.id, d.lane / 4, d.stream_id, d.namespace_id, x.attempts,
    x.crashes, x.blocks, d.subject_hash, d.subject, x.type, x.data, nullif(x.source, ''), nullif(x.event_id, ''),
    nullif(x.content_type, ''), nullif(x.extensions, ''), nullif(x.failure_type, ''), nullif(x.failure_message, ''),
    nullif(x.failure_traceback, ''), nullif(x.executor, ''), x.reason
from (select penstock.clock() as at) now,
    unnest($1::uuid[], $2::bigint[], $3::timestamptz[], $4::timestamptz[], $5::smallint[], $6::smallint[], $7::bool[],
           $8::text[], $9::bytea[], $10::text[], $11::text[], $12::text[], $13::bytea[], $14::text[], $15::text[],
           $16::text[], $17::text[], $18::text[])
        as x (delivery_id, sequence, appended_at, happened_at, attempts, crashes, blocks, type, data, source, event_id,
              content_type, extensions, failure_type, failure_message, failure_traceback, executor, reason)
    join penstock.delivery d on d.id = any (array[x.delivery_id])
on conflict (delivery_id, sequence) do update
set died_at = excluded.died_at, attempts = excluded.attempts, crashes = excluded.crashes, blocks = excluded.blocks,
    failure_type = excluded.failure_type, failure_message = excluded.failure_message,
    failure_traceback = excluded.failure_traceback, executor = excluded.executor, reason = excluded.reason

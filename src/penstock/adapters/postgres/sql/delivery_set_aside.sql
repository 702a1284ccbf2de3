-- Rows for events that were set aside: each is the place of one event of the subject of another row, and has failed.
insert into penstock.delivery (id, trigger_at, namespace_id, lane, status, collection, cursor, head, heard, since,
    stream_id, subject_hash, subject, tried, attempts, crashes, suspect)
select x.id, now.at + x.delay_us * interval '1 microsecond', d.namespace_id, d.lane, {status:retriable_failure}, '',
    x.sequence - 1, x.sequence, x.sequence, now.at, d.stream_id, d.subject_hash, d.subject, x.sequence, x.attempts,
    x.crashes, x.suspect
from (select penstock.clock() as at) now,
    unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::smallint[], $5::smallint[], $6::bool[], $7::bigint[])
        as x (of_id, id, sequence, attempts, crashes, suspect, delay_us)
    join penstock.delivery d on d.id = any (array[x.of_id])
on conflict (id) do nothing

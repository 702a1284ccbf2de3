-- What stands still: seen now, for the first time or again.
insert into penstock.refresh_finding (delivery_id, stream_id, lambda_id, trouble, attempts, crashes, cursor, head, since,
    seen_at, subject)
select x.delivery_id, $1, x.lambda_id, x.trouble, x.attempts, x.crashes, x.cursor, x.head,
    now.at - x.stands_us * interval '1 microsecond', now.at, x.subject
from (select penstock.clock() as at) now,
    unnest($2::uuid[], $3::int[], $4::smallint[], $5::smallint[], $6::smallint[], $7::bigint[], $8::bigint[],
           $9::bigint[], $10::text[])
        as x (delivery_id, lambda_id, trouble, attempts, crashes, cursor, head, stands_us, subject)
on conflict (delivery_id) do update
set trouble = excluded.trouble, attempts = excluded.attempts, crashes = excluded.crashes, cursor = excluded.cursor,
    head = excluded.head, since = excluded.since, seen_at = excluded.seen_at

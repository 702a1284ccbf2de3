-- The latest word of each worker, about endpoints that there are.
insert into penstock.endpoint_health as h
    (lambda_id, url, worker, health, since, next, in_flight, succeeded, failed, problem, told_at)
select t.*, penstock.clock()
from unnest($1::int[], $2::text[], $3::text[], $4::smallint[], $5::timestamptz[], $6::timestamptz[], $7::int[],
    $8::bigint[], $9::bigint[], $10::text[]) t (lambda_id, url, worker, health, since, next, in_flight, succeeded,
    failed, problem)
where exists (select from penstock.endpoint e where e.lambda_id = t.lambda_id)
on conflict (lambda_id, url, worker) do update
set health = excluded.health, since = excluded.since, next = excluded.next, in_flight = excluded.in_flight,
    succeeded = excluded.succeeded, failed = excluded.failed, problem = excluded.problem, told_at = excluded.told_at

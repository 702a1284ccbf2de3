-- The last word of running tasks about how far they are; one under a claim that is not current changes nothing.
insert into penstock.progress (id, at, done, total, claim, message)
select t.id, now.at, x.done, x.total, x.claim, x.message
from (select penstock.clock() as at) now,
    unnest($1::uuid[], $2::int[], $3::float8[], $4::float8[], $5::text[]) as x (id, claim, done, total, message)
    join only penstock.trigger t on t.id = x.id and t.claim = x.claim and ({bits:heartbeat} >> t.status) & 1 = 1
on conflict (id) do update
set at = excluded.at, done = excluded.done, total = excluded.total, claim = excluded.claim, message = excluded.message
where progress.claim <= excluded.claim

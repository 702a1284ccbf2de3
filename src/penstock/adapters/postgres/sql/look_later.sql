-- Puts off the next look at rows that are as they were read.
update penstock.trigger t set trigger_at = now.at + $5::interval
from (select penstock.clock() as at) now, unnest($1::uuid[], $2::smallint[], $3::int[], $4::timestamptz[])
    as x (id, status, claim, trigger_at)
where t.id = x.id and t.status = x.status and t.claim = x.claim and t.trigger_at = x.trigger_at

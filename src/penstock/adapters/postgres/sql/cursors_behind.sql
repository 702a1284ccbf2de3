-- Rows that have not come as far as these heads, and those that are missing.
select x.number - 1, d.cursor, d.head, d.status, d.held_for, d.attempts, d.crashes, d.lapses, now.at - d.since
from (select penstock.clock() as at) now,
    unnest($1::uuid[], $2::bigint[]) with ordinality as x (id, head, number)
    left join lateral (select * from penstock.delivery t where t.id = any (array[x.id]) offset 0) d on true
where d.id is null or d.cursor < x.head
order by x.number

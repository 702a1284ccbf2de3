-- The subjects of a page of rows by when they were written, with how far each has come; and where the page ends.
with h as materialized ({horizon}),
page as materialized (
    select t.{recent} as recent, t.{sequence}::bigint as sequence, t.{subject} as subject from {table} t
    where t.{subject} is not null and {from_mark}
    order by t.{recent}, t.{sequence}, t.{subject} limit $5
)
select l.rows, l.recent::text, l.sequence, l.subject::text, r.subject::text, coalesce({head}, 0)
from h, (
        select count(*) over () as rows, p.* from page p order by p.recent desc, p.sequence desc, p.subject desc limit 1
    ) l
    cross join (select distinct p.subject, 0::bigint as after from page p) r

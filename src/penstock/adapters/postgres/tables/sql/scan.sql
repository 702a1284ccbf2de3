-- The next subjects in their order, one look into the index for each, with how far each has come.
with recursive h as materialized ({horizon}),
s (subject, place) as (
    (select t.{subject}, 1 from {table} t where {after_mark} order by t.{subject} limit 1)
    union all
    select (select t.{subject} from {table} t where t.{subject} > s.subject order by t.{subject} limit 1), s.place + 1
    from s where s.subject is not null and s.place < $3
)
select r.subject::text, coalesce({head}, 0)
from h, (select s.subject, s.place, 0::bigint as after from s where s.subject is not null) r
order by r.place

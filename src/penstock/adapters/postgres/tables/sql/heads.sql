-- How far subjects have come, as far as their order can be trusted; in the order of the question.
with h as materialized ({horizon})
select coalesce({head}, 0)
from h, (
    select k.subject, k.number, 0::bigint as after
    from unnest($2::{subject_type}[]) with ordinality as k (subject, number)
) r
order by r.number

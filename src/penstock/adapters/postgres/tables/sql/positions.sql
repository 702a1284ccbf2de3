-- The last row of each subject before the first that has a later time, and no further than the order can be trusted.
with h as materialized ({horizon})
select coalesce((
    select t.{sequence}::bigint from {table} t
    where t.{subject} = r.subject and t.{sequence} <= {head} and (r.later is null or t.{sequence} < r.later)
    order by t.{sequence} desc limit 1
), 0)
from h, (
    select k.subject, k.number, 0::bigint as after, (
        select min(t.{sequence})::bigint from {table} t
        where t.{subject} = k.subject and t.{time_column} > $3::timestamptz
    ) as later
    from unnest($2::{subject_type}[]) with ordinality as k (subject, number)
) r
order by r.number

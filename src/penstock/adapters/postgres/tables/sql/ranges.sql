-- Rows of many ranges of subjects, each in order, as far as their order can be trusted; up to the one that passes so
-- many bytes of data in all. A range that has none is one row. Data over the limit of an event is left out.
with h as materialized ({horizon}),
r as materialized (
    select r.*, coalesce({head}, 0) as head
    from h, unnest($2::{subject_type}[], $3::bigint[], $4::bigint[], $5::int[]) with ordinality
        as r (subject, after, upto, rows_max, number)
)
select e.number, e.head, e.sequence, e.at, e.type, case when e.bytes <= $7 then e.data end, e.bytes
from (
    select r.number, r.head, n.*,
        sum(n.bytes) over (order by r.number, n.sequence) - n.bytes as bytes_before
    from r left join lateral (
        select d.*, coalesce(octet_length(d.data), 0) as bytes
        from (
            select t.{sequence}::bigint as sequence, {time} as at, {kind} as type, {data} as data
            from {table} t
            where t.{subject} = r.subject and t.{sequence} > r.after and t.{sequence} <= least(r.upto, r.head)
            order by t.{sequence} {direction} limit r.rows_max
        ) d
    ) n on true
) e
where e.bytes_before is null or e.bytes_before < $6
order by e.number, e.sequence

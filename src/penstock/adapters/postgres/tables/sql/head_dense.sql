(
    select coalesce(max(c.sequence), nullif(b.base, 0))
    from (select greatest(r.after, coalesce({head_horizon}, 0)) as base) b
        left join lateral (
            select q.sequence, row_number() over (order by q.sequence) as place
            from (
                select t.{sequence}::bigint as sequence from {table} t
                where t.{subject} = r.subject and t.{sequence} > b.base
                order by t.{sequence} limit 10000
            ) q
        ) c on c.sequence = b.base + c.place
    group by b.base
)

-- The subjects of a page of a stream's events, the earliest first, with how far each has come; and where the page ends.
with page as materialized (
    select appended_at, subject_hash, sequence from penstock.event
    where stream_id = $1 and appended_at >= $2 and (appended_at, subject_hash, sequence) > ($2, $3, $4)
    order by appended_at, subject_hash, sequence limit $5
)
select l.events, l.appended_at, l.subject_hash, l.sequence, h.subject, d.subject_hash, h.head, h.appended, h.appended_at
from (
        select count(*) over () as events, p.* from page p
        order by p.appended_at desc, p.subject_hash desc, p.sequence desc limit 1
    ) l
    cross join (select distinct subject_hash from page) d
    left join penstock.subject_head h on h.stream_id = $1 and h.subject_hash = d.subject_hash

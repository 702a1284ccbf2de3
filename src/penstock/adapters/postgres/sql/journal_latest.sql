-- A stream's events before a position, the latest first, up to the one that passes so many bytes of data.
select e.subject, e.subject_hash, e.sequence, e.appended_at, e.type, e.data, e.source, e.id, e.happened_at,
    e.content_type, e.extensions
from (
    select n.*, sum(octet_length(n.data)) over (order by n.appended_at desc, n.subject_hash desc, n.sequence desc)
        - octet_length(n.data) as bytes_before
    from (
        select * from penstock.event
        where stream_id = $1 and appended_at <= $2 and (appended_at, subject_hash, sequence) < ($2, $3, $4)
        order by appended_at desc, subject_hash desc, sequence desc
        limit $5
    ) n
) e
where e.bytes_before < $6
order by e.appended_at desc, e.subject_hash desc, e.sequence desc

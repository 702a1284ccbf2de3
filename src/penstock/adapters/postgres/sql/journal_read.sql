-- A subject's events after a sequence, in order, up to the one that passes so many bytes of data.
select e.subject, e.subject_hash, e.sequence, e.appended_at, e.type, e.data, e.source, e.id, e.happened_at,
    e.content_type, e.extensions
from (
    select n.*, sum(octet_length(n.data)) over (order by n.sequence) - octet_length(n.data) as bytes_before
    from (
        select * from penstock.event
        where stream_id = $1 and subject_hash = $2 and sequence > $3
        order by sequence limit $4
    ) n
) e
where e.bytes_before < $5
order by e.sequence

-- A stream's events before a position, the latest first.
select e.subject, e.subject_hash, e.sequence, e.appended_at, e.type, e.data, e.source, e.id, e.happened_at,
    e.content_type, e.extensions
from penstock.event e
where e.stream_id = $1 and e.appended_at <= $2 and (e.appended_at, e.subject_hash, e.sequence) < ($2, $3, $4)
order by e.appended_at desc, e.subject_hash desc, e.sequence desc
limit $5

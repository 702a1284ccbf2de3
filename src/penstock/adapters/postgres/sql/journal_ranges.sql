-- Events of many ranges of subjects, each in order, up to the one that passes so many bytes of data in all. A range
-- that has none is one row. Every row says how far its subject has come, as seen by this same look.
with r as materialized (
    select r.*, (select h.head from penstock.subject_head h where h.stream_id = $1 and h.subject_hash = r.subject_hash)
    from unnest($2::uuid[], $3::bigint[], $4::bigint[], $5::int[]) with ordinality
        as r (subject_hash, after, upto, events_max, number)
)
select e.number, e.head, e.sequence, e.appended_at, e.type, e.data, e.source, e.id, e.happened_at, e.content_type,
    e.extensions
from (
    select r.number, coalesce(r.head, 0) as head, n.*,
        sum(octet_length(n.data)) over (order by r.number, n.sequence) - octet_length(n.data) as bytes_before
    from r left join lateral (
        select v.sequence, v.appended_at, v.type, v.data, v.source, v.id, v.happened_at, v.content_type, v.extensions
        from penstock.event v
        where v.stream_id = $1 and v.subject_hash = r.subject_hash and v.sequence > r.after and v.sequence <= r.upto
        order by v.sequence limit r.events_max
    ) n on true
) e
where e.bytes_before is null or e.bytes_before < $6
order by e.number, e.sequence

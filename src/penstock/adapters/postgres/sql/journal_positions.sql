-- What subjects had reached at a moment: just before the first event that was stored after it, whatever was stored
-- after that one with an earlier time. 0 for a subject that had none.
select coalesce(case
    when h.appended_at <= $3 or first.sequence is null then h.head
    when first.sequence > h.head - h.appended + 1 then first.sequence - 1
end, 0)
from unnest($2::uuid[]) with ordinality as k (subject_hash, number)
    left join penstock.subject_head h on h.stream_id = $1 and h.subject_hash = k.subject_hash
    left join lateral (
        select e.sequence from penstock.event e
        where h.appended_at > $3 and e.stream_id = $1 and e.subject_hash = k.subject_hash and e.appended_at > $3
        order by e.sequence limit 1
    ) first on true
order by k.number

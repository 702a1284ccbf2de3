-- The last sequences of subjects, 0 for one that has none, in the order of the question.
select coalesce(h.head, 0)
from unnest($2::uuid[]) with ordinality as k (subject_hash, number)
    left join penstock.subject_head h on h.stream_id = $1 and h.subject_hash = k.subject_hash
order by k.number

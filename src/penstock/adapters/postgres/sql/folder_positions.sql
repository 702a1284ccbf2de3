-- The latest change of each path, if it was made by then; what was there before it is not known any more.
select coalesce(f.sequence, 0)
from unnest($2::uuid[]) with ordinality as r (subject_hash, number)
    left join penstock.folder_file f on f.stream_id = $1 and f.subject_hash = r.subject_hash and f.changed_at <= $3
order by r.number

-- The latest change of each path, and how far each has come; in the order of the question.
select r.number, coalesce(f.sequence, 0), f.changed_at, f.kind, f.device, f.inode, f.size, f.modified_ns, f.other
from unnest($2::uuid[]) with ordinality as r (subject_hash, number)
    left join penstock.folder_file f on f.stream_id = $1 and f.subject_hash = r.subject_hash
order by r.number

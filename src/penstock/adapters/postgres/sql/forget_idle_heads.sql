-- Looks at a page of heads and forgets those of which no event can stand; says where the next page begins. A head that
-- rises at this moment is left: the row is looked at again under its lock.
with page as materialized (
    select stream_id, subject_hash, appended_at from penstock.subject_head
    where (stream_id, subject_hash) > ($1, $2) order by stream_id, subject_hash limit $4
),
gone as (
    delete from penstock.subject_head h using page p
    where h.stream_id = p.stream_id and h.subject_hash = p.subject_hash and p.appended_at < $3 and h.appended_at < $3
    returning 1
)
select last.stream_id, last.subject_hash, (select count(*) from gone) as forgotten
from (select stream_id, subject_hash from page order by stream_id desc, subject_hash desc limit 1) last

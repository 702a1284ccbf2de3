-- Streams by name, with what stands in each, counted up to a bound.
select s.id, s.name, s.created_at, s.keep, s.hold_longest, s.hold_blocked, s.hold_unseen, s.schema_subject,
    (select count(*) from (select from penstock.subject_head h where h.stream_id = s.id limit $5) n) as subjects,
    (select count(*) from (select from penstock.event e where e.stream_id = s.id limit $5) n) as events,
    (select max(e.appended_at) from penstock.event e where e.stream_id = s.id) as newest_at
from (
    select * from penstock.stream
    where namespace_id = $1 and name collate "C" > $2 and ($3 = '' or name = $3)
    order by name collate "C" limit $4
) s
order by s.name collate "C"

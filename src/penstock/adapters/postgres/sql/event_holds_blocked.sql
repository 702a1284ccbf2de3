-- Rows that have been blocked since before $3 and have not passed events from before $4, the longest blocked first.
select d.id, d.cursor, d.lane, d.subject, d.subject_hash
from penstock.delivery d
where d.status = {status:held} and d.held_for = {held_for:dead_event} and d.lane = any ($2::int[]) and d.due_at < $3
  and d.stream_id = $1 and exists (
      select from penstock.event e
      where e.stream_id = $1 and e.subject_hash = d.subject_hash and e.sequence > d.cursor and e.appended_at < $4)
order by d.due_at limit $5

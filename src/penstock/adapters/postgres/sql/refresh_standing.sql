-- The loops of streams.
select r.stream_id, r.loop, r.mark, r.edition, r.began_at, r.subjects, r.behind, r.troubled, r.last_began_at,
    r.last_ended_at, r.last_subjects, r.last_behind, r.last_troubled, r.next_at, r.asked_by
from penstock.refresh r where r.stream_id = any ($1::int[]) order by r.stream_id, r.loop

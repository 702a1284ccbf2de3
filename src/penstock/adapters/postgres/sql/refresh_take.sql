-- The step that has waited longest: its pass begins if none was under way. A pass over everything waits until its
-- stream's recent loop (1) has a mark: what comes during it is watched.
update penstock.refresh r
set held_by = $4, held_until = now.at + $5::interval, began_at = coalesce(r.began_at, now.at),
    edition = case when r.began_at is null then due.edition else r.edition end
from (select penstock.clock() as at) now, lateral (
    select q.stream_id, q.loop, x.edition
    from unnest($1::int[], $2::smallint[], $3::bigint[]) as x (stream_id, loop, edition)
        join penstock.refresh q on q.stream_id = x.stream_id and q.loop = x.loop
    where (q.held_until is null or q.held_until <= now.at)
      and (q.next_at <= now.at or q.began_at is null and q.edition <> x.edition)
      and (q.loop = 1 or exists (
          select from penstock.refresh w
          where w.stream_id = q.stream_id and w.loop = 1 and w.mark <> ''))
    order by q.next_at, q.loop limit 1 for update of q skip locked) due
where r.stream_id = due.stream_id and r.loop = due.loop
returning r.stream_id, r.loop, r.mark, r.edition, r.began_at, r.subjects, r.behind, r.troubled, r.last_began_at,
    r.last_ended_at, r.last_subjects, r.last_behind, r.last_troubled, r.next_at, r.asked_by

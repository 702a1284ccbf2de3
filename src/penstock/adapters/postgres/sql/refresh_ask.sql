-- A pass is due now.
insert into penstock.refresh as r (stream_id, loop, next_at, asked_by) values ($1, $2, penstock.clock(), $3)
on conflict (stream_id, loop) do update set next_at = least(r.next_at, excluded.next_at), asked_by = excluded.asked_by
returning r.stream_id, r.loop, r.mark, r.edition, r.began_at, r.subjects, r.behind, r.troubled, r.last_began_at,
    r.last_ended_at, r.last_subjects, r.last_behind, r.last_troubled, r.next_at, r.asked_by

-- How long a stream keeps its events; a new one is made. What it does for cursors stays where null is given.
insert into penstock.stream as s (namespace_id, name, created_at, keep, hold_longest, hold_blocked, hold_unseen)
values ($1, $2, penstock.clock(), $3, coalesce($4::interval, '0'), coalesce($5::interval, '0'),
    coalesce($6::interval, '0'))
on conflict (namespace_id, name) do update
set keep = excluded.keep, hold_longest = coalesce($4::interval, s.hold_longest),
    hold_blocked = coalesce($5::interval, s.hold_blocked), hold_unseen = coalesce($6::interval, s.hold_unseen)
returning s.id, s.name, s.created_at, s.keep, s.hold_longest, s.hold_blocked, s.hold_unseen, s.schema_subject

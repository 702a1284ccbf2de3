-- Whose schemas the data of a stream's events are of, "" for nobody's; a new stream is made.
insert into penstock.stream as s (namespace_id, name, created_at, schema_subject)
values ($1, $2, penstock.clock(), nullif($3, ''))
on conflict (namespace_id, name) do update set schema_subject = excluded.schema_subject
returning s.id, s.name, s.created_at, s.keep, s.hold_longest, s.hold_blocked, s.hold_unseen, s.schema_subject

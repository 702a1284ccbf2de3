-- How long a stream keeps its events; a new one is made.
insert into penstock.stream as s (namespace_id, name, created_at, keep) values ($1, $2, penstock.clock(), $3)
on conflict (namespace_id, name) do update set keep = excluded.keep
returning s.id, s.name, s.created_at, s.keep

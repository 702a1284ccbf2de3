insert into penstock.schema_rule (namespace_id, subject, compatibility, mode) values ($1, $2, $3, $4)
on conflict (namespace_id, subject) do update set compatibility = excluded.compatibility, mode = excluded.mode

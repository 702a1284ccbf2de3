insert into penstock.schema_rule (namespace_id, subject, compatibility) values ($1, $2, $3)
on conflict (namespace_id, subject) do update set compatibility = excluded.compatibility

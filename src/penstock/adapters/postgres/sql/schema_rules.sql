select subject, compatibility, mode from penstock.schema_rule where namespace_id = $1 and subject = any($2::text[])

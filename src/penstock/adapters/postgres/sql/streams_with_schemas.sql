-- Every stream that names a subject of the registry.
select namespace_id, name, schema_subject from penstock.stream where schema_subject is not null

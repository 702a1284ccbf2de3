with held as (
    insert into penstock.schema_subject (namespace_id, name, edition, last_version)
    values ($1, $2, 1, $3)
    on conflict (namespace_id, name)
        do update set edition = schema_subject.edition + 1, last_version = excluded.last_version
)
insert into penstock.schema_version (namespace_id, subject, version, schema_id, created_at)
values ($1, $2, $3, $4, penstock.clock())

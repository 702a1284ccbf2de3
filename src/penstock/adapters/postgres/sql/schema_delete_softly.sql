with held as (
    update penstock.schema_subject set edition = edition + 1 where namespace_id = $1 and name = $2
)
update penstock.schema_version set deleted_at = penstock.clock()
where namespace_id = $1 and subject = $2 and version = any($3::int[])

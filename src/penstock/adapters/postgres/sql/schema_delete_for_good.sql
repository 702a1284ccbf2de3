-- Versions, the schemas that stand nowhere else, and what was said of a subject of which nothing is left.
with held as (
    update penstock.schema_subject set edition = edition + 1 where namespace_id = $1 and name = $2
), gone as (
    delete from penstock.schema_version
    where namespace_id = $1 and subject = $2 and version = any($3::int[])
    returning schema_id
), unused as (
    delete from penstock.schema_content
    where id in (select schema_id from gone)
        and not exists (
            select from penstock.schema_version other
            where other.schema_id = schema_content.id
                and (other.subject <> $2 or other.version <> all($3::int[]))
        )
    returning id
), unruled as (
    delete from penstock.schema_rule
    where namespace_id = $1 and subject = $2
        and not exists (
            select from penstock.schema_version other
            where other.namespace_id = $1 and other.subject = $2 and other.version <> all($3::int[])
        )
)
delete from penstock.schema_reference where schema_id in (select id from unused)

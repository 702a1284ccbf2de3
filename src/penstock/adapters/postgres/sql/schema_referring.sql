-- Schemas that refer to these versions of a subject; $4: also by versions that are deleted softly themselves.
select reference.version, reference.schema_id
from penstock.schema_reference reference
where reference.namespace_id = $1
    and reference.subject = $2
    and reference.version = any($3::int[])
    and exists (
        select from penstock.schema_version version
        where version.schema_id = reference.schema_id and ($4 or version.deleted_at is null)
    )
group by reference.version, reference.schema_id
order by reference.version, reference.schema_id

-- The first of the references that leads to no live version, counted from 1.
select reference.place
from unnest($2::text[], $3::int[]) with ordinality reference (subject, version, place)
where not exists (
    select from penstock.schema_version version
    where version.namespace_id = $1
        and version.subject = reference.subject
        and version.version = reference.version
        and version.deleted_at is null
)
order by reference.place
limit 1

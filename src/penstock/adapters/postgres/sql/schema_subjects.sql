-- $3: live, all, deleted. The subjects of a namespace whose names begin so.
select held.name
from penstock.schema_subject held
where held.namespace_id = $1
    and starts_with(held.name, $2)
    and held.name >= $2 collate "C"
    and exists (
        select from penstock.schema_version version
        where version.namespace_id = $1 and version.subject = held.name and ($3 <> 'live' or version.deleted_at is null)
    )
    and ($3 <> 'deleted' or not exists (
        select from penstock.schema_version version
        where version.namespace_id = $1 and version.subject = held.name and version.deleted_at is null
    ))
order by held.name
offset $4 limit $5

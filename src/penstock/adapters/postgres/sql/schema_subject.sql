-- A subject with its versions by number; one row with nulls for one that has none any more.
select
    held.edition,
    held.last_version,
    version.version,
    version.schema_id,
    content.guid,
    version.deleted_at is not null
from penstock.schema_subject held
left join penstock.schema_version version on version.namespace_id = held.namespace_id and version.subject = held.name
left join penstock.schema_content content on content.id = version.schema_id
where held.namespace_id = $1 and held.name = $2
order by version.version

select subject, version, deleted_at is not null
from penstock.schema_version
where schema_id = $2 and namespace_id = $1
order by subject, version
limit $3

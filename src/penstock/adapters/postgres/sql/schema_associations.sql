select
    resource_id, resource_type, association_type, resource_name, resource_namespace, subject, lifecycle, is_frozen
from penstock.schema_association
where namespace_id = $1 and resource_name = $3 and ($2 = '-' or resource_namespace = $2)
order by resource_id, resource_type, association_type
limit $4

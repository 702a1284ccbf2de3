with gone as (
    delete from penstock.schema_association
    where namespace_id = $1
        and resource_id = $2
        and $3 in ('', resource_type)
        and (cardinality($4::text[]) = 0 or association_type = any($4::text[]))
    returning *
)
select
    resource_id, resource_type, association_type, resource_name, resource_namespace, subject, lifecycle, is_frozen
from gone
order by resource_id, resource_type, association_type

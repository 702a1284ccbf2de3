insert into penstock.schema_association (
    namespace_id, resource_id, resource_type, association_type, resource_name, resource_namespace, subject, lifecycle,
    is_frozen
)
select $1, * from unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::bool[])
on conflict (namespace_id, resource_id, resource_type, association_type) do update set
    resource_name = excluded.resource_name,
    resource_namespace = excluded.resource_namespace,
    subject = excluded.subject,
    lifecycle = excluded.lifecycle,
    is_frozen = excluded.is_frozen

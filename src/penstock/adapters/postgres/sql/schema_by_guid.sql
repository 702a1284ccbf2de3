-- A schema with what it refers to, in three columns.
select
    content.id,
    content.guid,
    content.type,
    content.text,
    content.metadata,
    content.rules,
    array(select name from penstock.schema_reference where schema_id = content.id order by place),
    array(select subject from penstock.schema_reference where schema_id = content.id order by place),
    array(select version from penstock.schema_reference where schema_id = content.id order by place)
from penstock.schema_content content
where content.namespace_id = $1 and content.guid = $2

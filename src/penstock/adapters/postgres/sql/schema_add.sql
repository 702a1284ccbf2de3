-- A schema with its references, and its id is the last that was given.
with counted as (
    update penstock.schema_counter set last_id = $1
), content as (
    insert into penstock.schema_content (id, namespace_id, guid, created_at, type, text, metadata, rules)
    values ($1, $2, $3, penstock.clock(), $4, $5, $6, $7)
)
insert into penstock.schema_reference (schema_id, place, version, namespace_id, name, subject)
select $1, reference.place, reference.version, $2, reference.name, reference.subject
from unnest($8::text[], $9::text[], $10::int[]) with ordinality reference (name, subject, version, place)

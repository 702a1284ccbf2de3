-- The columns of a table and what they hold; no row when there is no such table.
select c.relkind::text, a.attname::text, t.typname::text, a.attnotnull
from pg_class c join pg_namespace n on n.oid = c.relnamespace
    left join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    left join pg_type t on t.oid = a.atttypid
where n.nspname = $1 and c.relname = $2

-- The sequences that a column's default draws from, and how many numbers a session takes at a time.
select s.schemaname::text || '.' || s.sequencename::text, s.cache_size
from pg_depend d join pg_class q on q.oid = d.objid and q.relkind = 'S' join pg_namespace n on n.oid = q.relnamespace
    join pg_sequences s on s.schemaname = n.nspname and s.sequencename = q.relname
    join pg_class c on c.oid = d.refobjid join pg_namespace m on m.oid = c.relnamespace
    join pg_attribute a on a.attrelid = c.oid and a.attnum = d.refobjsubid
where m.nspname = $1 and c.relname = $2 and a.attname = $3 and s.cache_size > 1

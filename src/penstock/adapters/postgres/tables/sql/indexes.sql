-- The leading columns of a table's usable indexes, and whether each is unique.
select array(
        select coalesce(a.attname::text, '') from unnest(i.indkey::int[]) with ordinality as k (attnum, place)
            left join pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.attnum
        where k.place <= i.indnkeyatts order by k.place
    ) as columns, i.indisunique
from pg_index i join pg_class c on c.oid = i.indrelid join pg_namespace n on n.oid = c.relnamespace
    join pg_class x on x.oid = i.indexrelid join pg_am m on m.oid = x.relam
where n.nspname = $1 and c.relname = $2 and i.indisvalid and i.indpred is null and m.amname = 'btree'

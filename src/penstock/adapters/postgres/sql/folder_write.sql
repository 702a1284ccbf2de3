-- Keeps changes and numbers them, unless somebody has written since the version that the writer has read.
with f as (
    update penstock.folder set version = version + 1, device = $3, inode = $4, last_sequence =
        greatest(last_sequence, (extract(epoch from penstock.clock()) * 1000000)::bigint) + cardinality($5::text[])
    where stream_id = $1 and version = $2
    returning last_sequence - cardinality($5::text[]) as base
)
insert into penstock.folder_file as k
    (stream_id, sequence, changed_at, subject, subject_hash, kind, device, inode, size, modified_ns, other)
select $1, f.base + c.place, penstock.clock(), c.subject, c.subject_hash, c.kind, c.device, c.inode, c.size,
    c.modified_ns, nullif(c.other, '')
from f, unnest($5::text[], $6::uuid[], $7::smallint[], $8::bigint[], $9::bigint[], $10::bigint[], $11::bigint[],
               $12::text[]) with ordinality
    as c (subject, subject_hash, kind, device, inode, size, modified_ns, other, place)
on conflict (stream_id, subject_hash) do update
    set sequence = excluded.sequence, changed_at = excluded.changed_at, kind = excluded.kind, device = excluded.device,
        inode = excluded.inode, size = excluded.size, modified_ns = excluded.modified_ns, other = excluded.other
returning k.subject, k.sequence

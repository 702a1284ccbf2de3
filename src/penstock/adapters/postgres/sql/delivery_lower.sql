-- Sources have less than was said of these subjects: heads come down to what was found, or heard since the claim.
update penstock.delivery d set head = greatest(d.cursor, d.heard, x.found)
from unnest($1::uuid[], $2::int[], $3::bigint[], $4::bigint[]) as x (id, claim, seen, found)
where d.id = any (array[x.id]) and d.claim = x.claim and d.head = x.seen
  and ({delivery:heartbeat} >> d.status) & 1 = 1

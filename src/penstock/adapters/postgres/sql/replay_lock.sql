-- Replays under these claims, and where they stood.
select d.id, d.cursor, d.head from penstock.delivery d, unnest($1::uuid[], $2::int[]) as x (id, claim)
where d.id = any (array[x.id]) and d.claim = x.claim order by d.id for update of d

-- Rows whose places replays take: nobody runs them, and nobody will until they are given back.
update penstock.delivery d
set status = {status:held}, held_for = {held_for:replay}, trigger_at = now.at + $3::interval, due_at = now.at
from (select penstock.clock() as at) now, unnest($1::uuid[], $2::uuid[]) as x (id, replay_id)
where d.id = any (array[x.id]) and ({delivery:lent} >> d.status) & 1 = 1
  and exists (select from penstock.delivery r where r.id = x.replay_id and ({delivery:claim} >> r.status) & 1 = 1)
returning d.id

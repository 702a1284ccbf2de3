-- How rows stand with parts of their subjects: their cursors, and the dead events in there that they went on after.
select (select d.cursor from penstock.delivery d where d.id = x.id), array(
    select e.sequence from penstock.event_letter e
    where e.delivery_id = x.id and e.sequence > x.after and e.sequence <= x.upto and not e.blocks)
from unnest($1::uuid[], $2::bigint[], $3::bigint[]) with ordinality as x (id, after, upto, number)
order by x.number

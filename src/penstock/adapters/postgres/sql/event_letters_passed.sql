-- Dead events that their rows went on after, in the parts of their subjects that were asked about.
select x.number, l.sequence
from unnest($1::uuid[], $2::bigint[], $3::bigint[]) with ordinality as x (delivery_id, after, upto, number)
    cross join lateral (
        select e.sequence from penstock.event_letter e
        where e.delivery_id = x.delivery_id and e.sequence > x.after and e.sequence <= x.upto and not e.blocks offset 0
    ) l

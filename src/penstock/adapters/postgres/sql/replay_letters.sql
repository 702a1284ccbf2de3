-- Which of these events are dead for the rows that replays stand beside.
select e.delivery_id, e.sequence from penstock.event_letter e, unnest($1::uuid[], $2::bigint[]) as x (id, sequence)
where e.delivery_id = any (array[x.id]) and e.sequence = x.sequence

-- Replays that have come to their ends go. Dead events that have been done now are dead no more.
with ended as materialized (
    select x.id, x.live_id, x.after, x.upto
    from unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::bigint[]) as x (id, live_id, after, upto)
),
closed as (
    delete from penstock.event_letter e using ended x
    where e.delivery_id = any (array[x.id, x.live_id]) and e.sequence > x.after and e.sequence <= x.upto and not e.blocks
)
delete from penstock.delivery r using ended x where r.id = any (array[x.id]) and r.status = {status:idle}

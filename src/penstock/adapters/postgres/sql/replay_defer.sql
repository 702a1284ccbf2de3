-- Replays whose subjects are just being run come later; those whose subjects are forgotten go.
with asked as materialized (
    select x.id, exists (select from penstock.delivery d where d.id = x.live_id) as stands
    from unnest($1::uuid[], $2::uuid[]) as x (id, live_id)
),
gone as (
    delete from penstock.delivery r using asked a
    where r.id = any (array[a.id]) and not a.stands and ({delivery:claim} >> r.status) & 1 = 1
)
update penstock.delivery r set trigger_at = now.at + $3::interval
from (select penstock.clock() as at) now, asked a
where r.id = any (array[a.id]) and a.stands and ({delivery:claim} >> r.status) & 1 = 1

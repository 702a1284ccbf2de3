-- Brings the look at queues forward.
with chosen as materialized (
    select id from penstock.periodic_schedule
    where id = any ($1::bigint[]) and waiting_since is not null order by id for update
)
update penstock.periodic_schedule s set look_at = least(s.look_at, penstock.clock()) from chosen where s.id = chosen.id

-- Ticks whose tasks' histories have gone.
with gone as (
    delete from penstock.periodic_tick where ctid = any (array(
        select ctid from penstock.periodic_tick where made_at < $1 limit $2))
    returning 1
)
select count(*) from gone

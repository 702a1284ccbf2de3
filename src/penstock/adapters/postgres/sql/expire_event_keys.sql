-- Sources and ids whose window has passed.
with gone as (
    delete from penstock.event_key where ctid = any (array(
        select ctid from penstock.event_key where expires_at <= penstock.clock() limit $1))
    returning 1
)
select count(*) from gone

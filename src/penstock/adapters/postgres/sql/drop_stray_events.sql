-- Events of days without a partition, once no stream keeps them.
with gone as (
    delete from penstock.event_default where ctid = any (array(
        select ctid from penstock.event_default where appended_at < $1 limit $2))
    returning 1
)
select count(*) from gone

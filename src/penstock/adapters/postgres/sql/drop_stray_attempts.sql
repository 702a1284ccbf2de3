-- Old history of days that never had a partition.
with gone as (
    delete from penstock.attempt_default where ctid = any (array(
        select ctid from penstock.attempt_default where ended_at < $1 limit $2))
    returning 1
)
select count(*) from gone

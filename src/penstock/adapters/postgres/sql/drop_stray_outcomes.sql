-- Old outcomes of days that never had a partition.
with gone as (
    delete from penstock.outcome_default where ctid = any (array(
        select ctid from penstock.outcome_default where finished_at < $1 limit $2))
    returning 1
)
select count(*) from gone

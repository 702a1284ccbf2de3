-- Dead ones that were kept for long enough.
with gone as (
    delete from penstock.outcome_kept where id = any (array(
        select id from penstock.outcome_kept where finished_at <= penstock.clock() - $1::interval limit $2))
    returning 1
)
select count(*) from gone

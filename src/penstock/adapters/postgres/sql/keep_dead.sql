-- Moves aside the dead that ended in this span, unless they are too old to be kept.
with kept as (
    insert into penstock.outcome_kept
    select * from penstock.outcome
    where status = {status:dead} and finished_at >= $1 and finished_at < $2
      and finished_at > penstock.clock() - $3::interval
    on conflict do nothing
    returning id
)
select count(*) from kept

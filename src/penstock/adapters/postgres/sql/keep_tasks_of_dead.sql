-- Moves aside the tasks of a day whose dead outcomes are kept, so that they can be shown and tried again.
with kept as (
    insert into penstock.task_kept
    select k.* from penstock.outcome_kept o join penstock.task k on k.id = o.id
    where o.id >= $1 and o.id < $2 and k.id >= $1 and k.id < $2
    on conflict do nothing
    returning id
)
select count(*) from kept

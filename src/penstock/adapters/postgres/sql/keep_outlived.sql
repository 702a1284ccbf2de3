-- Moves aside, of the tasks that outlived their day, those that live or whose outcome is still shown. A batch.
with batch as (
    delete from penstock.outlived where id = any (array(
        select id from penstock.outlived where id >= $1 and id < $2 order by id limit $3))
    returning id
),
kept as (
    insert into penstock.task_kept
    select k.* from batch b join penstock.task k on k.id = b.id and k.id >= $1 and k.id < $2
    where exists (select from only penstock.trigger t where t.id = k.id)
       or exists (select from penstock.outcome o where o.lane = k.lane and o.id = k.id)
    on conflict do nothing
    returning id
)
select (select count(*) from batch), (select count(*) from kept)

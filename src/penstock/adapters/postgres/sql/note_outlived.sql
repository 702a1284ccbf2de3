-- Notes which tasks of a day still live, a batch by rising id; the last id tells where to go on.
with alive as (
    select id from only penstock.trigger where id > $1 and id < $2 order by id limit $3
),
noted as (insert into penstock.outlived select id from alive on conflict do nothing)
select id from alive order by id desc limit 1

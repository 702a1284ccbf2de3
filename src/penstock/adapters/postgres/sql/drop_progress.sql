-- What ended tasks said of their progress long ago.
with gone as (
    delete from penstock.progress where id = any (array(
        select p.id from penstock.progress p
        where p.at < $1 and not exists (select from only penstock.trigger t where t.id = p.id)
        limit $2))
    returning 1
)
select count(*) from gone

-- Rows that are still idle, with the cursors that they had.
with gone as (
    delete from penstock.delivery d using unnest($1::uuid[], $2::bigint[]) as x (id, cursor)
    where d.id = any (array[x.id]) and d.cursor = x.cursor and d.head <= d.cursor and d.status = {status:idle}
    returning d.id
)
select count(*) from gone

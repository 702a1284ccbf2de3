-- Keys past their life.
with gone as (
    delete from penstock.idempotency_key where ctid = any (array(
        select ctid from penstock.idempotency_key where expires_at <= penstock.clock() limit $1))
    returning 1
)
select count(*) from gone

-- Tokens of publishers past their life.
with gone as (
    delete from penstock.publish_token where ctid = any (array(
        select ctid from penstock.publish_token where expires_at <= penstock.clock() limit $1))
    returning 1
)
select count(*) from gone

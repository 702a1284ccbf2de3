-- Events of one stream that are older than it keeps them, the oldest first. Those of one moment go together.
with gone as (
    delete from penstock.event
    where stream_id = $1 and appended_at <= (
        select max(old.appended_at) from (
            select appended_at from penstock.event
            where stream_id = $1 and appended_at < $2 order by appended_at limit $3) old)
    returning 1
)
select count(*) from gone

-- How many tasks of a lane wait in the store and were due before a time, as far as they are counted.
select count(*) from (
    select from penstock.trigger t
    where t.lane = $1 and t.status in ({waits_for_time}) and not t.cancel_requested and t.trigger_at < $2
    limit $3) older

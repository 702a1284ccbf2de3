-- Enqueued rows by rising id. Gathered from what is in motion, so that a million sleepers are not walked.
with enqueued as materialized (
    select t.id, t.lane, t.status, t.trigger_at, t.claim, t.attempts, t.crashes, t.lapses, t.suspect,
        t.cancel_requested, t.held_for
    from penstock.trigger t
    where (t.status in ({looked_after}) or t.cancel_requested) and t.status = {status:enqueued}
      and ($1::uuid is null or t.id > $1) and ($2::int4multirange is null or penstock.bucket(t.id) <@ $2)
)
select * from enqueued order by id limit $3

-- Moves what is due to enqueued, for many lanes in one trip, the oldest first. Rows that somebody else is moving at
-- this moment are passed over.
with now as materialized (select penstock.clock() as at),
picked as materialized (
    select p.id, p.trigger_at
    from now, unnest($1::int[], $2::int[], $3::timestamptz[]) as w (lane, want, since), lateral (
        select t.id, t.trigger_at from penstock.trigger t
        where t.lane = w.lane and t.status in ({waits_for_time}) and not t.cancel_requested
          and t.trigger_at >= w.since and t.trigger_at <= now.at
          and ($4::int4multirange is null or penstock.bucket(t.id) <@ $4)
        order by t.trigger_at limit w.want
        for update skip locked) p
),
moved as (
    update penstock.trigger t set status = {status:enqueued}, trigger_at = now.at + $5::interval
    from now, picked where t.id = picked.id
    returning t.id, t.lane, t.suspect, picked.trigger_at as due_at
)
select now.at, moved.lane, moved.id, moved.suspect, moved.due_at
from now left join moved on true
order by moved.lane, moved.due_at, moved.id

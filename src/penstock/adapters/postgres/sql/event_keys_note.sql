-- Keeps sources and ids with the sequences of their events, in one order for everybody. One whose window has passed is
-- taken over; one that somebody else noted in between is left out of the answer.
insert into penstock.event_key as k (sequence, expires_at, stream_id, key)
select x.sequence, now.at + x.window_s * interval '1 s', x.stream_id, x.key
from (select penstock.clock() as at) now, unnest($1::int[], $2::uuid[], $3::bigint[], $4::bigint[])
    as x (stream_id, key, sequence, window_s)
order by x.stream_id, x.key
on conflict (stream_id, key) do update set sequence = excluded.sequence, expires_at = excluded.expires_at
    where k.expires_at <= penstock.clock()
returning k.key

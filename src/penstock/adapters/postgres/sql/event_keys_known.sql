-- Sources and ids that are known, and the sequence of the first event with each.
select k.stream_id, k.key, k.sequence
from unnest($1::int[], $2::uuid[]) as x (stream_id, key)
    join penstock.event_key k on k.stream_id = x.stream_id and k.key = x.key
where k.expires_at > penstock.clock()

-- Deliveries that are done: cursors move, under the fence, and never over the head. The plain case. What has caught up is
-- below nothing any more. What is behind still
-- goes on as in delivery_raise.sql: at once when its lane has room ($6) and nothing older waits there. Those that others
-- go after are left as they are unless $5 says that their followers will be moved in the same transaction.
with now as materialized (select penstock.clock() as at),
probe as materialized (
    select l.lane, l.number, p.oldest_at, p.oldest_at is null or p.oldest_at > now.at - $10::interval as is_open
    from now, unnest($7::int[], $8::timestamptz[]) with ordinality as l (lane, since, number), lateral (select (
        select t.trigger_at from penstock.delivery t
        where t.lane = l.lane and t.status in ({waits_for_time}) and not t.cancel_requested
          and t.trigger_at >= l.since and t.trigger_at <= now.at
        order by t.trigger_at limit 1) as oldest_at offset 0) p
),
moved as (
    update penstock.delivery d
    set cursor = greatest(d.cursor, least(x.upto, d.head)),
        status = case when d.head <= greatest(d.cursor, x.upto) then {status:idle}
                      when x.has_room and d.lane = any (array(select lane from probe where is_open)) then {status:enqueued}
                      else {status:new} end,
        lane = case when d.head > greatest(d.cursor, x.upto) then d.lane else d.lane - d.lane % 4 + {priority:normal} end,
        trigger_at = case when d.head > greatest(d.cursor, x.upto)
                               and x.has_room and d.lane = any (array(select lane from probe where is_open))
                          then now.at + $9::interval else now.at end,
        since = now.at, attempts = 0, crashes = 0, lapses = 0, tried = 0, suspect = false,
        batch_limit = case when d.batch_limit between 1 and {batch_limit_max} - 1 then d.batch_limit * 2 else 0 end,
        executor = null, started_at = null
    from now, unnest($1::uuid[], $2::int[], $3::bigint[], $4::int[], $6::bool[]) as x (id, claim, upto, namespace_id, has_room)
    where d.id = any (array[x.id]) and d.claim = x.claim and (x.namespace_id is null or d.namespace_id = x.namespace_id)
      and ({delivery:caught_up} >> d.status) & 1 = 1
      and ($5 or d.lane / 4 <> all (array(
          select s.lambda_id from penstock.subscription s where s.is_followed and s.retired_at is null)))
    returning d.id, d.lane, d.status, d.stream_id, d.subject, d.subject_hash
)
select now.at, array(select oldest_at from probe order by number), array[]::uuid[],
    (select array_agg(id) from moved where status = {status:enqueued}),
    (select array_agg(lane) from moved where status = {status:enqueued}), null::bool[],
    (select array_agg(distinct lane) from moved where status = {status:new}),
    m.ids, m.lanes, m.streams, m.subjects, m.hashes
from now, (
    select array_agg(id) as ids, array_agg(lane) filter (where $5) as lanes, array_agg(stream_id) filter (where $5) as streams,
        array_agg(subject) filter (where $5) as subjects, array_agg(subject_hash) filter (where $5) as hashes
    from moved) m

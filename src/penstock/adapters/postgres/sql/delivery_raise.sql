-- Subjects have come further. Heads only rise; what was idle and is behind now is enqueued when its lane has room ($5)
-- and nothing older waits there, and waits for the store consumer otherwise.
with now as materialized (select penstock.clock() as at),
probe as materialized (
    select l.lane, l.number, p.oldest_at, p.oldest_at is null or p.oldest_at > now.at - $7::interval as is_open
    from now, unnest($1::int[], $2::timestamptz[]) with ordinality as l (lane, since, number), lateral (select (
        select t.trigger_at from penstock.delivery t
        where t.lane = l.lane and t.status in ({waits_for_time}) and not t.cancel_requested
          and t.trigger_at >= l.since and t.trigger_at <= now.at
        order by t.trigger_at limit 1) as oldest_at offset 0) p
),
raised as (
    update penstock.delivery d
    set head = greatest(d.head, x.head), heard = greatest(d.heard, x.head),
        status = case when not ({delivery:behind} >> d.status) & 1 = 1 or x.head <= d.cursor then d.status
                      when x.has_room and d.lane = any (array(select lane from probe where is_open)) then {status:enqueued}
                      else {status:new} end,
        trigger_at = case when not ({delivery:behind} >> d.status) & 1 = 1 or x.head <= d.cursor then d.trigger_at
                          when x.has_room and d.lane = any (array(select lane from probe where is_open))
                              then now.at + $6::interval
                          else now.at end,
        since = case when ({delivery:behind} >> d.status) & 1 = 1 and x.head > d.cursor then now.at else d.since end
    from now, unnest($3::uuid[], $4::bigint[], $5::bool[]) as x (id, head, has_room)
    where d.id = any (array[x.id])
      and (x.head > d.head
           or ({delivery:behind} >> d.status) & 1 = 1 and x.head > d.cursor
           or ({delivery:heartbeat} >> d.status) & 1 = 1 and x.head > d.heard)
    returning d.id, d.lane, d.status, d.suspect, d.status = {status:enqueued} and d.trigger_at = now.at + $6::interval as is_new
),
unknown as (  -- a look-up for each that was not raised: a join could be turned around, and walk the table
    select x.id from unnest($3::uuid[]) as x (id)
    where case when x.id in (select id from raised) then false
               else (select d.id from penstock.delivery d where d.id = x.id) is null end
)
select now.at, array(select oldest_at from probe order by number),
    array(select id from unknown),
    (select array_agg(id) from raised where is_new), (select array_agg(lane) from raised where is_new),
    (select array_agg(suspect) from raised where is_new),
    (select array_agg(distinct lane) from raised where status = {status:new})
from now

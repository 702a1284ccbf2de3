-- Rows that nobody has made yet, each from its start; what is behind from there is moved on as delivery_raise.sql does.
-- Those that have to do with others are left out unless $14 says that they will be lifted in the same transaction.
with now as materialized (select penstock.clock() as at),
probe as materialized (
    select l.lane, l.number, p.oldest_at, p.oldest_at is null or p.oldest_at > now.at - $7::interval as is_open
    from now, unnest($1::int[], $2::timestamptz[]) with ordinality as l (lane, since, number), lateral (select (
        select t.trigger_at from penstock.delivery t
        where t.lane = l.lane and t.status in ({waits_for_time}) and not t.cancel_requested
          and t.trigger_at >= l.since and t.trigger_at <= now.at
        order by t.trigger_at limit 1) as oldest_at offset 0) p
),
made as (
    insert into penstock.delivery as d (id, trigger_at, namespace_id, lane, status, collection, cursor, head, heard, since,
        stream_id, subject_hash, subject)
    select x.id, case s.status when {status:enqueued} then now.at + $6::interval else now.at end, x.namespace_id, x.lane,
        s.status, '', x.start, greatest(x.start, x.head), x.head, now.at, x.stream_id, x.subject_hash, x.subject
    from now, unnest($3::uuid[], $4::bigint[], $5::bool[], $8::int[], $9::int[], $10::int[], $11::bigint[], $12::uuid[],
                     $13::text[])
            as x (id, head, has_room, lane, namespace_id, stream_id, start, subject_hash, subject)
        cross join lateral (select case
            when x.head <= x.start then {status:idle}
            when x.has_room and x.lane = any (array(select lane from probe where is_open)) then {status:enqueued}
            else {status:new} end as status) s
    where $14 or x.lane / 4 <> all (array(
        select b.lambda_id from penstock.subscription b
        where b.retired_at is null and (b.is_followed or b.spec -> 'after' is distinct from '[]')))
    on conflict (id) do nothing
    returning d.id, d.lane, d.status
)
select now.at, array(select oldest_at from probe order by number),
    array(select x.id from unnest($3::uuid[]) as x (id) where x.id not in (select id from made)),
    (select array_agg(id) from made where status = {status:enqueued}),
    (select array_agg(lane) from made where status = {status:enqueued}), null::bool[],
    (select array_agg(distinct lane) from made where status = {status:new})
from now

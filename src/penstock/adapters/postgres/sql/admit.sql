-- Stores the tasks of all calls, their hot rows and their tokens in one trip. It takes for granted that neither
-- token nor id stands; the primary keys check it, and the careful path follows when they object.
-- What is due now and stopped by a gate is held at once. Where no gate stands, nobody looks for one.
-- A column that is empty for the whole batch travels as an empty array: unnest fills it with nulls. A lane that is the
-- same for the whole batch travels as one.
with now as materialized (select penstock.clock() as at),
probe as materialized (
    select l.lane, p.oldest_at, p.oldest_at is null or p.oldest_at > now.at - $18::interval as is_open
    from now, unnest($1::int[], $2::timestamptz[]) as l (lane, since), lateral (select (
        select t.trigger_at from only penstock.trigger t
        where t.lane = l.lane and t.status in ({waits_for_time}) and not t.cancel_requested
          and t.trigger_at >= l.since and t.trigger_at <= now.at
        order by t.trigger_at limit 1) as oldest_at) p
),
known as materialized (
    select array_agg(exists (
        select from penstock.request_token r where r.namespace_id = c.namespace_id and r.token = c.token
        ) order by c.call) as calls
    from unnest($3::int[], $4::bytea[]) with ordinality as c (namespace_id, token, call)
),
remembered as (
    insert into penstock.request_token (namespace_id, token, expires_at, minted_at_ms, content_hash)
    select c.namespace_id, c.token, now.at + $7::interval, c.minted_at_ms, c.content_hash
    from now, known, unnest($3::int[], $4::bytea[], $5::bigint[], $6::bytea[])
        with ordinality as c (namespace_id, token, minted_at_ms, content_hash, call)
    where c.token <> '' and not known.calls[c.call]
    order by c.namespace_id, c.token
),
stored as (
    insert into penstock.task (id, scheduled_at, namespace_id, lane, payload, collection, parent_id,
        attributes)
    select x.id, greatest(now.at, x.due_at, now.at + x.delay_us * interval '1 microsecond'),
        ($3::int[])[coalesce(x.call, 1)], coalesce(x.lane, ($10::int[])[1]), x.payload, nullif(x.collection, ''), x.parent_id,
        x.attributes::jsonb
    from now, known, unnest($8::int[], $9::uuid[], $10::int[], $11::timestamptz[], $12::bigint[],
                            $13::bytea[], $14::text[], $15::uuid[], $20::text[])
        as x (call, id, lane, due_at, delay_us, payload, collection, parent_id, attributes)
    where not known.calls[coalesce(x.call, 1)]
),
waiting as (
    insert into penstock.trigger (id, trigger_at, namespace_id, lane, status, held_for, due_at, collection)
    select x.id,
        case s.status when {status:held} then now.at + case when x.held_for <> '' then interval '30 s' else $19::interval end
                      when {status:enqueued} then now.at + $17::interval
                      else d.due_at end,
        ($3::int[])[coalesce(x.call, 1)], coalesce(x.lane, ($10::int[])[1]), s.status, coalesce(nullif(x.held_for, ''), g.reason),
        case s.status when {status:held} then d.due_at end, coalesce(x.collection, '')
    from now, known, unnest($8::int[], $9::uuid[], $10::int[], $11::timestamptz[], $12::bigint[], $16::text[],
                            $14::text[])
        as x (call, id, lane, due_at, delay_us, held_for, collection)
        cross join lateral (
            select greatest(now.at, x.due_at, now.at + x.delay_us * interval '1 microsecond') as due_at) d
        left join lateral (
            select {verdict} as reason
            from (select) one
                left join penstock.gate w on w.lambda_id = coalesce(x.lane, ($10::int[])[1]) / 4 and w.collection = ''
                    and (w.until is null or w.until > now.at)
                left join penstock.gate c on c.lambda_id = coalesce(x.lane, ($10::int[])[1]) / 4 and c.collection = x.collection
                    and c.collection <> '' and (c.until is null or c.until > now.at)
            where (select exists (select from penstock.gate)) and d.due_at <= now.at) g on true
        cross join lateral (select case
            when x.held_for <> '' or g.reason is not null then {status:held}
            when d.due_at <= now.at and coalesce(x.lane, ($10::int[])[1]) = any (array(select lane from probe where is_open))
                then {status:enqueued}
            else {status:new} end as status) s
    where not known.calls[coalesce(x.call, 1)]
)
select now.at, known.calls, array(select oldest_at from probe) as oldest_at,
    array(select lane from probe where is_open),
    case when (select exists (select from penstock.gate)) then array(
        select g.lambda_id || ' ' || g.collection from penstock.gate g
        where g.lambda_id = any (array(select l.lane / 4 from unnest($10::int[]) as l (lane)))
          and g.state <> {gate:open} and (g.until is null or g.until > now.at)) end as shut
from now, known

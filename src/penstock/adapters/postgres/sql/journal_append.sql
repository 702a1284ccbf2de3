-- Stores the events of all calls, raises the heads of their subjects and keeps the answers under the calls' tokens, in
-- one trip. When a token stands already it stores nothing and says whose.
-- Subjects come in one order for everybody, so that two batches never wait for each other in a ring; an event names
-- its subject by that order, and how many of its subject follow it in this batch. A subject of 0 is an event that
-- stood already: its sequence is carried below 0. Below 0, a subject is that of an event with the same source and id
-- in this batch.
with now as materialized (
    select c.at, (extract(epoch from c.at) * 1000000)::bigint as us from (select penstock.clock() as at) c
),
known as materialized (
    select array_agg(c.call order by c.call) as calls
    from unnest($1::int[], $2::bytea[]) with ordinality as c (namespace_id, token, call)
        join penstock.publish_token t on t.namespace_id = c.namespace_id and t.token = c.token
),
raised as (
    insert into penstock.subject_head as h
        (head, appended, appended_at, stream_id, namespace_id, subject_hash, bucket, subject)
    select now.us + s.count - 1, s.count, now.at, s.stream_id, s.namespace_id, s.subject_hash, s.bucket, s.subject
    from now, known, unnest($7::int[], $8::uuid[], $9::int[], $10::int[], $11::smallint[], $12::text[])
        as s (stream_id, subject_hash, count, namespace_id, bucket, subject)
    where known.calls is null
    order by s.stream_id, s.subject_hash
    on conflict (stream_id, subject_hash) do update
        set head = h.head + excluded.appended, appended = h.appended + excluded.appended,
            appended_at = greatest(h.appended_at, excluded.appended_at)
    returning h.stream_id, h.subject_hash, h.head, h.appended
),
heads as materialized (
    select array_agg(r.head order by r.stream_id, r.subject_hash) as head,
        array_agg(r.appended order by r.stream_id, r.subject_hash) as appended
    from raised r
),
given as materialized (
    select array_agg(case when e.subject_at < 0 then e.following - heads.head[-e.subject_at]
        else coalesce(heads.head[e.subject_at], 0) - e.following end order by e.position) as sequences
    from heads, unnest($13::int[], $14::bigint[]) with ordinality as e (subject_at, following, position)
),
stored as (
    insert into penstock.event
        (sequence, appended_at, happened_at, stream_id, namespace_id, subject_hash, bucket, subject, type, source,
         data, id, content_type, extensions)
    select given.sequences[e.position::int], now.at, e.happened_at, ($7::int[])[e.subject_at], ($10::int[])[e.subject_at],
        ($8::uuid[])[e.subject_at], ($11::smallint[])[e.subject_at], e.subject, coalesce(e.type, ($16::text[])[1]),
        nullif(coalesce(e.source, ($17::text[])[1]), ''), e.data, nullif(e.id, ''),
        nullif(coalesce(e.content_type, ($21::text[])[1]), ''), nullif(e.extensions, '')
    from now, known, given, unnest($13::int[], $15::text[], $16::text[], $17::text[], $18::bytea[], $19::text[],
                                   $20::timestamptz[], $21::text[], $22::bytea[]) with ordinality
        as e (subject_at, subject, type, source, data, id, happened_at, content_type, extensions, position)
    where known.calls is null and e.subject_at > 0
),
remembered as (
    insert into penstock.publish_token (namespace_id, expires_at, token, content_hash, sequences)
    select c.namespace_id, now.at + $6::interval, c.token, c.content_hash, given.sequences[c.first:c.last]
    from now, known, given, unnest($1::int[], $2::bytea[], $3::bytea[], $4::int[], $5::int[])
        as c (namespace_id, token, content_hash, first, last)
    where known.calls is null and c.token <> ''
    order by c.namespace_id, c.token
)
select known.calls, given.sequences, heads.head, heads.appended from known, given, heads

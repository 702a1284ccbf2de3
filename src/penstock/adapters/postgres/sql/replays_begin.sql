-- Rows for parts of subjects that are handed over again, each beside the one that has completed it, with a line about who
-- ordered it. Left out: what is being replayed already, what its row has not completed, a dead event that is none.
with now as materialized (select penstock.clock() as at),
asked as materialized (
    select x.id, x.replay_id, x.after, x.upto, x.kind, x.who, x.reason, d.lane, d.namespace_id, d.stream_id, d.subject,
        d.subject_hash
    from unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::bigint[], $5::smallint[], $6::text[], $7::text[])
            as x (id, replay_id, after, upto, kind, who, reason)
        join penstock.delivery d on d.id = any (array[x.id]) and d.cursor >= x.upto
    where x.kind <> $8 or exists (
        select from penstock.event_letter e
        where e.delivery_id = any (array[x.id, x.replay_id]) and e.sequence = x.upto and not e.blocks)
),
made as (
    insert into penstock.delivery as d (id, trigger_at, namespace_id, lane, status, collection, cursor, head, heard, since,
        stream_id, subject_hash, subject)
    select a.replay_id, now.at, a.namespace_id, a.lane - a.lane % 4 + {priority:low}, {status:new}, '', a.after, a.upto, 0,
        now.at, a.stream_id, a.subject_hash, a.subject
    from now, asked a
    on conflict (id) do nothing
    returning d.id
),
noted as (
    insert into penstock.cursor_order (at, delivery_id, sequence, lambda_id, kind, subject, who, reason)
    select now.at, a.id, a.upto, a.lane / 4, a.kind, a.subject, a.who, a.reason
    from now, asked a join made m on m.id = a.replay_id
)
select id from made

-- Looks anew at what a gate on a whole lambda holds, in due order: free, or held for another gate. One at a time, so
-- that batches follow one another in that order. What should have run by now is due just now, a microsecond after the
-- one before it: an old time would lie below the mark from which due probes start.
with now as materialized (select penstock.clock() as at),
turn as materialized (select pg_try_advisory_xact_lock($4) as is_ours),
picked as materialized (
    select h.id, h.lane, h.due_at, h.collection
    from turn, unnest($1::int[]) as l (lane), unnest($3::text[]) as r (reason), lateral (
        select t.id, t.lane, t.due_at, coalesce(t.collection, '') as collection from penstock.trigger t
        where turn.is_ours and t.status = {status:held} and t.held_for = r.reason and t.lane = l.lane
        order by t.due_at limit $2
        for update skip locked) h
    order by h.due_at, h.id limit $2
),
judged as materialized (
    select p.id, p.due_at, {verdict} as reason, row_number() over (order by p.due_at, p.id) as place
    from now, picked p
        left join penstock.gate w on w.lambda_id = p.lane / 4 and w.collection = ''
            and (w.until is null or w.until > (select at from now))
        left join penstock.gate c on c.lambda_id = p.lane / 4 and c.collection = p.collection and c.collection <> ''
            and (c.until is null or c.until > (select at from now))
),
freed as (
    update penstock.trigger t set status = {status:new}, held_for = null, due_at = null,
        trigger_at = greatest(t.due_at, now.at + (j.place - $2) * interval '1 microsecond')
    from now, judged j where t.id = j.id and j.reason is null and t.status in ({from:free})
    returning t.lane
),
kept as (
    update penstock.trigger t set held_for = j.reason
    from judged j where t.id = j.id and j.reason <> t.held_for and t.status in ({stay:hold})
    returning t.lane
)
select lane, count(*) filter (where is_free), count(*)
from (select lane, true as is_free from freed union all select lane, false from kept) moved
group by lane

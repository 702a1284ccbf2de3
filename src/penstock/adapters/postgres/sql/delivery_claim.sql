-- Gives the enqueued ones among the ids to their claimer, with the range that each is to hand over. What a gate stops
-- is held instead, as in claim.sql; where no gate stands, nobody looks for one. What is heard from now on is new. The last
-- column is another one whenever a subscription was written: whoever keeps them at hand knows by it that his are old.
with now as materialized (select penstock.clock() as at),
stopped as materialized (
    select t.id, {verdict} as reason
    from now, (
        select t.id, t.lane, t.collection from penstock.delivery t
        where t.id = any ($1::uuid[]) and ({delivery:claim} >> t.status) & 1 = 1
          and (select exists (select from penstock.gate))
        offset 0) t
        left join penstock.gate w on w.lambda_id = t.lane / 4 and w.collection = ''
            and (w.until is null or w.until > (select at from now))
        left join penstock.gate c on c.lambda_id = t.lane / 4 and c.collection = t.collection and c.collection <> ''
            and (c.until is null or c.until > (select at from now))
    where {verdict} is not null
),
held as (
    update penstock.delivery t
    set status = {status:held}, held_for = s.reason, trigger_at = now.at + $3::interval, due_at = now.at
    from now, stopped s
    where t.id = any (array[s.id]) and ({delivery:claim} >> t.status) & 1 = 1 and ({delivery:hold} >> t.status) & 1 = 1
)
update penstock.delivery d
set status = {status:claimed}, claim = d.claim + 1, trigger_at = now.at + $2::interval, heard = 0
from now, unnest($1::uuid[]) as x (id)
where d.id = any (array[x.id]) and ({delivery:claim} >> d.status) & 1 = 1 and not d.cancel_requested
  and d.id <> all (array(select id from stopped))
returning d.id, d.claim, d.lane, d.cursor, d.head, d.batch_limit, d.attempts, d.crashes, d.suspect, d.stream_id, d.subject,
    d.subject_hash, coalesce((select sum(s.xmin::text::bigint)::bigint from penstock.subscription s), 0)

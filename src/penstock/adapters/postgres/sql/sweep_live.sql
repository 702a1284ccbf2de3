-- The next live tasks by rising id, as `trigger_of` takes them: locked, so that what is decided of them stays true until
-- it is done. One whose cancel was requested is ended by whoever looks after it.
select t.id, t.lane, t.status, t.trigger_at, t.claim, t.attempts, t.crashes, t.lapses, t.suspect, t.cancel_requested,
    t.held_for
from penstock.trigger t
where t.namespace_id = $1 and ($2::uuid is null or t.id > $2) and t.id <= $9 and ($3::int[] is null or t.lane = any ($3))
  and t.status = any ($4::smallint[]) and not t.cancel_requested
  and (($5::text = '' and $6::timestamptz is null and $7::timestamptz is null and $8::jsonb is null) or exists (
      select from (
          select collection, scheduled_at, attributes from penstock.task where id = t.id
          union all
          select collection, scheduled_at, attributes from penstock.task_kept where id = t.id) k
      where ($5 = '' or k.collection = $5) and ($6 is null or k.scheduled_at >= $6)
        and ($7 is null or k.scheduled_at < $7) and ($8 is null or k.attributes @> $8)))
order by t.id limit $10
for update of t

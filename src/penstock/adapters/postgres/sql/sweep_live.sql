-- The next live tasks by rising id, as `trigger_of` takes them: locked, so that what is decided of them stays true until
-- it is done. One whose cancel was requested is ended by whoever looks after it. Who has some attributes is asked of their
-- index, once; the collection stands beside the status, but for rows of servers of before.
select t.id, t.lane, t.status, t.trigger_at, t.claim, t.attempts, t.crashes, t.lapses, t.suspect, t.cancel_requested,
    t.held_for
from only penstock.trigger t
where t.namespace_id = $1 and ($2::uuid is null or t.id > $2) and t.id <= $9 and ($3::int[] is null or t.lane = any ($3))
  and t.status = any ($4::smallint[]) and not t.cancel_requested
  and ($5::text = '' or t.collection = $5 or t.collection is null)
  and ($8::jsonb is null or t.id in (
      select id from penstock.task where attributes @> $8 and attributes is not null
      union all
      select id from penstock.task_kept where attributes @> $8 and attributes is not null))
  and (($5 = '' and $6::timestamptz is null and $7::timestamptz is null) or exists (
      select from (
          select collection, scheduled_at from penstock.task where id = t.id
          union all
          select collection, scheduled_at from penstock.task_kept where id = t.id) k
      where ($5 = '' or k.collection = $5) and ($6 is null or k.scheduled_at >= $6)
        and ($7 is null or k.scheduled_at < $7)))
order by t.id limit $10
for update of t

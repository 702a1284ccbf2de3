-- Deliveries that are done: cursors move, under the fence, and never over the head. The plain case. What has caught up is
-- below nothing any more. Those that others go
-- after are left as they are unless $5 says that their followers will be moved in the same transaction.
update penstock.delivery d
set cursor = greatest(d.cursor, least(x.upto, d.head)),
    status = case when d.head > greatest(d.cursor, x.upto) then {status:new} else {status:idle} end,
    lane = case when d.head > greatest(d.cursor, x.upto) then d.lane else d.lane - d.lane % 4 + {priority:normal} end,
    trigger_at = now.at, since = now.at, attempts = 0, crashes = 0, lapses = 0, tried = 0, suspect = false,
    batch_limit = case when d.batch_limit between 1 and {batch_limit_max} - 1 then d.batch_limit * 2 else 0 end,
    executor = null, started_at = null
from (select penstock.clock() as at) now,
    unnest($1::uuid[], $2::int[], $3::bigint[], $4::int[]) as x (id, claim, upto, namespace_id)
where d.id = any (array[x.id]) and d.claim = x.claim and (x.namespace_id is null or d.namespace_id = x.namespace_id)
  and ({delivery:caught_up} >> d.status) & 1 = 1
  and ($5 or d.lane / 4 <> all (array(
      select s.lambda_id from penstock.subscription s where s.is_followed and s.retired_at is null)))
returning d.id, d.lane, d.status = {status:new}, case when $5 then d.stream_id end, case when $5 then d.subject end,
    case when $5 then d.subject_hash end

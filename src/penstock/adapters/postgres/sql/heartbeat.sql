-- Renews the leases of current claims; a beat that says "started" moves the row to processing, and says who runs it
-- and for how long it has: the first such beat of a claim is kept.
update penstock.trigger t
set trigger_at = now.at + $4::interval,
    status = case when x.started then {status:processing} else t.status end,
    executor = case when x.started then x.executor else t.executor end,
    started_at = case when x.started and (t.status <> {status:processing} or t.started_at is null)
        then now.at - x.run_us * interval '1 microsecond' else t.started_at end
from (select penstock.clock() as at) now,
    unnest($1::uuid[], $2::int[], $3::bool[], $5::bigint[], $6::text[], $7::int[])
        as x (id, claim, started, run_us, executor, namespace_id)
where t.id = x.id and t.claim = x.claim and (x.namespace_id is null or t.namespace_id = x.namespace_id)
  and (case when x.started then {bits:start} else {bits:heartbeat} end >> t.status) & 1 = 1
returning t.id, t.cancel_requested

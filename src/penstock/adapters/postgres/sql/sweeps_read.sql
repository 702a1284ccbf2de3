-- Sweeps as `sweep_rows.sweep_of` takes them: one of a namespace, or its newest.
select id, namespace_id, kind, lambda_name, collection, error_type, cause, from_at, until_at, rate_per_s, asked_by,
    reason, status, handled, created_at, ended_at, stopped_by, statuses, scheduled_from, scheduled_until, attributes
from penstock.sweep_order
where namespace_id = $1 and ($2::uuid is null or id = $2)
order by created_at desc, id desc limit $3

-- Sets or opens a gate. The number is taken first: orders wait for one another there, and are seen in its order.
-- What changes nothing takes none: opening what is open, and an order that is repeated with its token.
with now as materialized (select penstock.clock() as at),
turn as (
    update penstock.gate_version v set version = v.version + 1
    from now
    where case when $3 = {gate:open}
        then exists (select from penstock.gate g where g.lambda_id = $1 and g.collection = $2 and g.state <> {gate:open}
                     and (g.until is null or g.until > now.at))
        else not exists (select from penstock.gate g where g.lambda_id = $1 and g.collection = $2
                         and g.state = $3 and g.token = $8 and $8 <> '') end
    returning v.version
),
wanted as materialized (
    select turn.version, now.at as since, coalesce($4::timestamptz, now.at + nullif($5::interval, interval '0')) as until
    from now, turn
),
line as (
    insert into penstock.gate_history (version, at, lambda_id, collection, state, until, reason, who)
    select version, since, $1, $2, $3, until, $6, $7 from wanted
)
insert into penstock.gate (lambda_id, collection, state, version, since, until, reason, who, token, settle_after)
select $1, $2, $3, version, since, until, $6, $7, $8, case when $3 = {gate:pause} then until else since end
from wanted
on conflict (lambda_id, collection) do update
set state = excluded.state, version = excluded.version, since = excluded.since, until = excluded.until,
    reason = excluded.reason, who = excluded.who, token = excluded.token, settle_after = excluded.settle_after

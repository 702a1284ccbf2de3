-- Sets or opens a gate. The number is taken first: orders wait for one another there, and are seen in its order.
-- What changes nothing takes none: opening what is open, and an order whose token was used before, however late it
-- comes: others may have been given meanwhile. Answers what that token was used for.
with now as materialized (select penstock.clock() as at),
first_time as (
    insert into penstock.request_token (namespace_id, token, expires_at, minted_at_ms, content_hash)
    select $8, $9, now.at + $11::interval, 0, $10 from now where $9::bytea <> ''
    on conflict do nothing
    returning true
),
turn as (
    update penstock.gate_version v set version = v.version + 1
    from now
    where ($9::bytea = '' or exists (select from first_time))
      and ($3 <> {gate:open} or exists (
          select from penstock.gate g
          where g.lambda_id = $1 and g.collection = $2 and g.state <> {gate:open}
            and (g.until is null or g.until > now.at)))
    returning v.version
),
wanted as materialized (
    select turn.version, now.at as since, coalesce($4::timestamptz, now.at + nullif($5::interval, interval '0')) as until
    from now, turn
),
line as (
    insert into penstock.gate_history (version, at, lambda_id, collection, state, until, reason, who)
    select version, since, $1, $2, $3, until, $6, $7 from wanted
),
stands as (
    insert into penstock.gate (lambda_id, collection, state, version, since, until, reason, who, settle_after)
    select $1, $2, $3, version, since, until, $6, $7, case when $3 = {gate:pause} then until else since end
    from wanted
    on conflict (lambda_id, collection) do update
    set state = excluded.state, version = excluded.version, since = excluded.since, until = excluded.until,
        reason = excluded.reason, who = excluded.who, settle_after = excluded.settle_after
)
select content_hash from penstock.request_token where namespace_id = $8 and token = $9

-- Sets ($5 is an amount) or clears ($5 is null) an operator's quota, with a line in the trail. Clearing what is not set
-- changes nothing, nor does an order whose token was used before. Answers what that token was used for.
with now as materialized (select penstock.clock() as at),
first_time as materialized (
    insert into penstock.request_token (namespace_id, token, expires_at, minted_at_ms, content_hash)
    select $1, $9, now.at + $11::interval, 0, $10 from now where $9::bytea <> ''
    on conflict do nothing
    returning true
),
turn as materialized (select now.at from now where $9::bytea = '' or exists (select from first_time)),
cleared as (
    delete from penstock.quota q using turn
    where $5::float8 is null and q.lambda_id = $2 and q.kind = $3 and q.priority = $4
    returning turn.at
),
stands as (
    insert into penstock.quota (lambda_id, kind, priority, amount, burst, since, reason, who)
    select $2, $3, $4, $5::float8, $6, turn.at, $7, $8 from turn where $5::float8 is not null
    on conflict (lambda_id, kind, priority) do update
    set amount = excluded.amount, burst = excluded.burst, since = excluded.since, reason = excluded.reason,
        who = excluded.who
    returning since
),
line as (
    insert into penstock.quota_history (at, lambda_id, kind, priority, amount, burst, reason, who)
    select changed.at, $2, $3, $4, $5::float8, $6, $7, $8
    from (select at from cleared union all select since from stands) changed
)
select content_hash from penstock.request_token where namespace_id = $1 and token = $9

-- Quotas that operators have ordered. What code declares of itself stands in the policy of its lambda.
create table penstock.quota (
    lambda_id int not null,
    kind      smallint not null,
    priority  smallint not null,  -- 0: the whole lambda
    amount    float8 not null,    -- 'Infinity': none, whatever the code declares
    burst     int not null,       -- 0: the tasks of one second
    since     timestamptz not null,
    reason    text not null,
    who       text not null,
    primary key (lambda_id, kind, priority)
);

-- Who did what. Insert-only.
create table penstock.quota_history (
    version   bigint generated always as identity primary key,
    at        timestamptz not null,
    lambda_id int not null,
    kind      smallint not null,
    priority  smallint not null,
    amount    float8,             -- null: the operator's quota was cleared
    burst     int not null,
    reason    text not null,
    who       text not null
);
create index quota_history_lambda on penstock.quota_history (lambda_id, version);

-- What each quota lets pass now. Lost by a crash of the server, and then full: that costs one burst. Without a log,
-- because processes draw from a busy one ten times a second.
create unlogged table penstock.quota_bucket (
    lambda_id int not null,
    kind      smallint not null,
    priority  smallint not null,
    tokens    float8 not null,    -- after the last draw
    at        timestamptz not null,
    denied_at timestamptz,        -- the last draw that got less than it wanted
    primary key (lambda_id, kind, priority)
) with (fillfactor = 50);

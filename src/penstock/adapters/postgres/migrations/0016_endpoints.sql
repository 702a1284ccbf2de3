-- Lambdas that are HTTP endpoints; docs/decisions/0042.

create table penstock.endpoint (
    lambda_id       int primary key,
    spec            jsonb not null,
    secret          bytea not null,
    previous_secret bytea,
    previous_until  timestamptz,
    version         bigint not null default 1,
    created_at      timestamptz not null,
    changed_at      timestamptz not null,
    gone            text[] not null default '{}',  -- addresses that have answered 410
    disabled_because text,                         -- null: it is enabled
    disabled_at     timestamptz
);

-- What push workers tell: a word that is old counts no more.
create table penstock.endpoint_health (
    lambda_id int not null,
    url       text not null,
    worker    text not null,
    health    smallint not null,
    since     timestamptz not null,
    next      timestamptz,
    in_flight int not null,
    succeeded bigint not null,
    failed    bigint not null,
    problem   text not null,
    told_at   timestamptz not null,
    primary key (lambda_id, url, worker)
) with (fillfactor = 50);

-- Filters of subscriptions that fail while they run; docs/decisions/0043.

create table penstock.filter_failure (
    lambda_id int primary key,
    count     bigint not null,
    error     text not null,       -- the last one, as the following
    subject   text not null,
    sequence  bigint not null,
    last_at   timestamptz not null
);

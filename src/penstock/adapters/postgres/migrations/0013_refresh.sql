-- Refresh: how far its loops have come, and what it found standing still; docs/decisions/0031.

create table penstock.refresh (
    stream_id      int not null,
    loop           smallint not null,
    subjects       bigint not null default 0,      -- of the pass that is under way, so far
    behind         bigint not null default 0,
    troubled       bigint not null default 0,
    last_subjects  bigint not null default 0,
    last_behind    bigint not null default 0,
    last_troubled  bigint not null default 0,
    edition        bigint not null default 0,      -- of the subscriptions that the pass knows
    began_at       timestamptz,                    -- null: none is under way
    last_began_at  timestamptz,
    last_ended_at  timestamptz,
    next_at        timestamptz not null,
    held_until     timestamptz,
    held_by        text,
    asked_by       text,
    mark           bytea not null default '',
    primary key (stream_id, loop)
) with (fillfactor = 50);

create table penstock.refresh_finding (
    delivery_id uuid primary key,
    stream_id   int not null,
    lambda_id   int not null,
    trouble     smallint not null,
    attempts    smallint not null,
    crashes     smallint not null,
    cursor      bigint not null,
    head        bigint not null,
    since       timestamptz not null,
    seen_at     timestamptz not null,
    subject     text not null
);
create index refresh_finding_stream on penstock.refresh_finding (stream_id, since);

-- Who passed over an event, or had a dead one handed over again, and why.
create table penstock.cursor_order (
    id          bigint generated always as identity primary key,
    at          timestamptz not null,
    delivery_id uuid not null,
    sequence    bigint not null,
    lambda_id   int not null,
    kind        smallint not null,            -- 1: skip, 2: redrive
    subject     text not null,
    who         text not null,
    reason      text not null
);
create index cursor_order_lambda on penstock.cursor_order (lambda_id, id);

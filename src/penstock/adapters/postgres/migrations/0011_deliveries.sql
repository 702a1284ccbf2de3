-- Subscriptions, and their work on subjects; docs/decisions/0028. Servers of before take a delivery for a task that
-- has lost its payload: they let its lease run out, and no harm comes of it.

create table penstock.subscription (
    lambda_id    int primary key,
    namespace_id int not null,
    stream_id    int not null,
    is_followed  bool not null default false,  -- another one goes after it
    declared_at  timestamptz not null,
    retired_at   timestamptz,
    spec         jsonb not null
);

-- One row for each <subscription, subject>: trigger, cursor and known head in one. What serves the waiting and the
-- running of tasks serves these, too, because they are triggers; what ends tasks says "only penstock.trigger".
-- A row that has nothing to hand over is idle, and stands in no index but the key's.
create table penstock.delivery (
    cursor       bigint not null,             -- all up to it is done
    head         bigint not null,             -- what its subject has reached, as far as is known
    heard        bigint not null,             -- the highest that was heard of it since it was claimed last
    tried        bigint not null default 0,   -- the event that the attempts were spent on
    since        timestamptz not null,        -- since when the cursor stands, while something comes after it
    stream_id    int not null,
    batch_limit  int not null default 0,      -- events that it hands over next at most; 0: as the subscription says
    subject_hash uuid not null,
    subject      text not null,
    primary key (id)
) inherits (penstock.trigger) with (
    fillfactor = 50,
    autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 20000,
    autovacuum_vacuum_insert_threshold = -1,
    autovacuum_analyze_scale_factor = 0.05, autovacuum_analyze_threshold = 5000,
    autovacuum_vacuum_cost_delay = 0
);
-- As those of the triggers. Whatever is behind stands in one of the first two.
create index delivery_due on penstock.delivery (lane, trigger_at)
    where status in (1, 6) and not cancel_requested;
create index delivery_overdue on penstock.delivery (trigger_at)
    where status in (2, 3, 4, 5) or cancel_requested;
create index delivery_held on penstock.delivery (held_for, lane, due_at) where status = 2;
create index delivery_gated on penstock.delivery (lane, collection, due_at)
    where status = 2 and held_for in ('gate', 'collection gate');

-- Events that used up their attempts: dead letters, with all that is known of them. Their journal may lose them.
create table penstock.event_letter (
    sequence          bigint not null,
    died_at           timestamptz not null,
    appended_at       timestamptz not null,
    happened_at       timestamptz,
    delivery_id       uuid not null,
    lambda_id         int not null,
    stream_id         int not null,
    namespace_id      int not null,
    attempts          smallint not null,
    crashes           smallint not null,
    blocks            bool not null,          -- its subject waits for somebody to redrive or skip it
    subject_hash      uuid not null,
    subject           text not null,
    type              text not null,
    data              bytea not null,
    source            text,
    id                text,
    content_type      text,
    extensions        bytea,
    failure_type      text,
    failure_message   text,
    failure_traceback text,
    executor          text,
    reason            text not null,
    primary key (delivery_id, sequence)
);
create index event_letter_lambda on penstock.event_letter (lambda_id, died_at);

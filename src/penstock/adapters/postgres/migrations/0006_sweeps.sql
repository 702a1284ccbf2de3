-- Sweeps over dead letters: what was asked for, by whom, and how far it has come. Rows stay: they are the audit.
create table penstock.sweep (
    id           uuid not null primary key,
    namespace_id int not null,
    kind         smallint not null,
    status       smallint not null default 1,
    rate_per_s   float8 not null,
    handled      bigint not null default 0,
    created_at   timestamptz not null,
    next_step_at timestamptz not null,
    pause        interval not null default '0', -- between the last step and the next
    ended_at     timestamptz,
    reached      uuid,  -- the last id that was looked at
    lanes        int[], -- of its lambda; null for all
    lambda_name  text not null,
    collection   text not null,
    error_type   text not null,
    cause        text not null,
    from_at      timestamptz not null,
    until_at     timestamptz not null,
    asked_by     text not null,
    reason       text not null,
    stopped_by   text not null default ''
);
create index sweep_running on penstock.sweep (next_step_at) where status = 1;
create index sweep_newest on penstock.sweep (namespace_id, created_at desc);

-- Gates. Servers of before know none: a gate holds for certain once the last of them has been replaced.

-- One row that every order takes its number from: orders come one after the other, also for who only reads the number.
create table penstock.gate_version (
    version bigint not null
);
insert into penstock.gate_version values (0);

-- How each gate stands. A gate that was opened stays until nothing can be left that it holds.
create table penstock.gate (
    lambda_id    int not null,
    collection   text not null,  -- '': the whole lambda
    state        smallint not null,
    version      bigint not null,
    since        timestamptz not null,
    until        timestamptz,
    reason       text not null,
    who          text not null,
    settle_after timestamptz,    -- from when on tasks that it holds must be moved on; null: not for now
    primary key (lambda_id, collection)
);

-- Who did what. Insert-only.
create table penstock.gate_history (
    version    bigint primary key,
    at         timestamptz not null,
    lambda_id  int not null,
    collection text not null,
    state      smallint not null,
    until      timestamptz,
    reason     text not null,
    who        text not null
);
create index gate_history_lambda on penstock.gate_history (lambda_id, version);

-- Beside the status, so that no gate has to look into `task` for every row of its lane.
-- '': none; null: written by a server of before, and then `task` knows.
alter table penstock.trigger add column collection text;

-- What is held, by what for: a gate may hold hundreds of thousands, and nobody else shall walk them.
drop index penstock.trigger_held;
create index trigger_held on penstock.trigger (held_for, lane, due_at) where status = 2;
create index trigger_gated on penstock.trigger (lane, collection, due_at)
    where status = 2 and held_for in ('gate', 'collection gate');

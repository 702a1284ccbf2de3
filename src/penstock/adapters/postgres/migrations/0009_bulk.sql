-- Sweeps over any tasks, what tasks say of their progress, and attributes; docs/decisions/0023 to 0025.

-- A server of before takes every running sweep that it finds, and purges what it is not told to redrive. It goes on
-- finding its own kinds by the old name, and no others.
alter table penstock.sweep rename to sweep_order;
alter table penstock.sweep_order
    add column statuses        smallint[],
    add column scheduled_from  timestamptz,
    add column scheduled_until timestamptz,
    add column attributes      jsonb,
    add column last_id         uuid; -- of the live tasks that stood at the order; later ones are none of its business
create view penstock.sweep as
    select id, namespace_id, kind, status, rate_per_s, handled, created_at, next_step_at, pause, ended_at, reached, lanes,
        lambda_name, collection, error_type, cause, from_at, until_at, asked_by, reason, stopped_by
    from penstock.sweep_order where kind in (1, 2);

-- The last word of a task's code about how far it is. A row for those that say any; it outlives the attempt.
create table penstock.progress (
    id      uuid not null primary key,
    at      timestamptz not null,
    done    float8 not null,
    total   float8 not null,
    claim   int not null,
    message text not null
) with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_cost_delay = 0);

-- Null for nearly all, which costs nothing; the index has no entry for these.
alter table penstock.task add column attributes jsonb;
alter table penstock.task_kept add column attributes jsonb;
create index task_attributes on penstock.task using gin (attributes jsonb_path_ops) where attributes is not null;
create index task_kept_attributes on penstock.task_kept using gin (attributes jsonb_path_ops)
    where attributes is not null;

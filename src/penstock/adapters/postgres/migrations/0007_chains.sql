-- Chains: children wait for their parents. Servers of before know none: what they end frees its children at a later look.

-- Who waits for whom. Insert-only; a line goes when nothing is left of the child.
create table penstock.edge (
    parent_id    uuid not null,
    child_id     uuid not null,
    namespace_id int not null,
    place        int not null,       -- of the parent among those of the child
    on_failure   smallint not null,
    primary key (parent_id, child_id)
);
create index edge_child on penstock.edge (child_id, place);

-- Null for nearly all, which costs nothing.
alter table penstock.trigger
    add column has_children bool,    -- written under the row's lock: its end looks for edges, and only its
    add column parents_left int;     -- of a child: how many of its parents live
create index trigger_child on penstock.trigger (id) where parents_left is not null;

-- What a running task has scheduled, for those who ask for its tree.
create index task_parent on penstock.task (parent_id) where parent_id is not null;
create index task_kept_parent on penstock.task_kept (parent_id) where parent_id is not null;

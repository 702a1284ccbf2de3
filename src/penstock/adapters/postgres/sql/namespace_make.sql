-- A new namespace; nothing when another process was first.
insert into penstock.namespace (name) values ($1) on conflict do nothing

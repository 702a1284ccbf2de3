-- Links an ended task to its retry; who links first wins, and the second one gets no row.
insert into penstock.retry_link (old_id, new_id) values ($1, $2) on conflict do nothing returning new_id

-- Retires what an app declared before and no longer does.
with chosen as materialized (
    select id from penstock.periodic_schedule
    where namespace_id = $1 and app = $2 and not retired and name <> all ($3::text[])
    order by name collate "C" for update
)
update penstock.periodic_schedule s set retired = true, edition = s.edition + 1
from chosen where s.id = chosen.id
returning s.name

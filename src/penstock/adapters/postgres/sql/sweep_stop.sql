-- A running one ends here. It waits for a step that is under way, and the next one finds it stopped.
update penstock.sweep_order s set status = 3, ended_at = now.at, stopped_by = $3
from (select penstock.clock() as at) now
where s.id = $2 and s.namespace_id = $1 and s.status = 1

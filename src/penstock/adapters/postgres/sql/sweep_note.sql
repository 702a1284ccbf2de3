-- How far the sweep has come, and when it may go on.
update penstock.sweep_order s
set reached = coalesce($2, s.reached), handled = s.handled + $3, pause = $4, next_step_at = now.at + $4::interval,
    status = case when $5 then 2 else s.status end, ended_at = case when $5 then now.at end
from (select penstock.clock() as at) now
where s.id = $1

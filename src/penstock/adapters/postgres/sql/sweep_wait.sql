-- How long until some running sweep may take its next step; null without one. Before its last step no time is meant:
-- then the clock was set back, and the wait that it began is over.
select min(case when next_step_at - pause > now.at then '0' else greatest(next_step_at - now.at, '0') end)
from penstock.sweep_order, (select penstock.clock() as at) now
where status = 1

-- How long until some running sweep may take its next step; no row without one.
select greatest(next_step_at - penstock.clock(), '0') from penstock.sweep where status = 1 order by next_step_at limit 1

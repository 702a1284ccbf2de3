-- All that outlived this day is noted: whatever else it holds has ended by now.
insert into penstock.task_day (day, noted_at) select $1, penstock.clock() on conflict do nothing

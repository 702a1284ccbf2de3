-- The days whose outliving tasks are noted.
select day, noted_at from penstock.task_day order by day

-- A day of tasks is gone.
delete from penstock.task_day where day = $1

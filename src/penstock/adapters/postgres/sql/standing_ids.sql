-- Which of these ids name a task already.
select x.id from unnest($1::uuid[]) x (id)
where exists (select from penstock.task k where k.id = x.id and k.id between $2 and $3)
   or exists (select from penstock.task_kept k where k.id = x.id)

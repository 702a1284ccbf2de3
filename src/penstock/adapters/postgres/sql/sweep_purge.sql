-- Deletes dead letters with all that is known of them; answers their lanes. One that was retried since is kept.
with letters as materialized (
    select x.id from unnest($1::uuid[]) x (id)
    where not exists (select from penstock.retry_link l where l.old_id = x.id)
),
kept as (
    delete from penstock.outcome_kept o using letters where o.id = letters.id and o.status = {status:dead}
    returning o.id, o.lane
),
fresh as (
    delete from penstock.outcome o using letters
    where o.id = letters.id and o.status = {status:dead} and o.status <> {status:success}
      and o.finished_at >= $2 and o.finished_at < $3
    returning o.id, o.lane
),
gone as (select id, lane from kept union select id, lane from fresh),
attempts as (delete from penstock.attempt a using gone where a.id = gone.id),
progress as (delete from penstock.progress p using gone where p.id = gone.id),
tasks as (delete from penstock.task k using gone where k.id = gone.id),
tasks_kept as (delete from penstock.task_kept k using gone where k.id = gone.id)
select lane from gone

-- Which of these retries were made just now of tasks that had parents.
select x.old_id, x.new_id
from unnest($1::uuid[], $2::uuid[]) x (old_id, new_id)
    join penstock.retry_link r on r.old_id = x.old_id and r.new_id = x.new_id
where exists (select from penstock.edge e where e.child_id = x.old_id)
order by x.old_id

-- An ended or live task that shall be tried anew, whether it lives, and the task it was retried as already.
select k.lane, exists (select from only penstock.trigger t where t.id = $2) as lives,
    (select l.new_id from penstock.retry_link l where l.old_id = $2) as retried_as
from (
    select namespace_id, lane from penstock.task where id = $2
    union all
    select namespace_id, lane from penstock.task_kept where id = $2
) k
where k.namespace_id = $1
limit 1

-- The newest live tasks of a namespace in any of these statuses.
select t.id from only penstock.trigger t
where t.namespace_id = $1 and t.id >= $2 and t.id < $3 and ($4::int[] is null or t.lane = any ($4))
  and t.status = any ($5::smallint[])
  and ($6::text = '' or exists (select from penstock.task k where k.id = t.id and k.collection = $6)
       or exists (select from penstock.task_kept k where k.id = t.id and k.collection = $6))
order by t.id desc limit $7

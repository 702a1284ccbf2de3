-- Those ids that name no task of the namespace.
select x.id from unnest($2::uuid[]) x (id)
where not exists (select from penstock.task k where k.id = x.id and k.id between $3 and $4 and k.namespace_id = $1)
  and not exists (select from penstock.task_kept k where k.id = x.id and k.namespace_id = $1)

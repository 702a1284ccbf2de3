-- Who is next of kin to some tasks: parents and children, who scheduled whom, who retried whom. Each line says how,
-- then the upper and the lower one.
select distinct how, upper, lower from (
    select 1 as how, e.parent_id as upper, e.child_id as lower
    from unnest($2::uuid[]) x (id) join penstock.edge e on e.child_id = x.id
    where e.namespace_id = $1
    union all
    select 1, e.parent_id, e.child_id
    from unnest($2::uuid[]) x (id) cross join lateral (
        select * from penstock.edge e where e.parent_id = x.id order by e.child_id limit $3) e
    where e.namespace_id = $1
    union all
    select 2, k.parent_id, k.id
    from unnest($2::uuid[]) x (id) cross join lateral (
        select id, parent_id, namespace_id from penstock.task where parent_id = x.id
        union all
        select id, parent_id, namespace_id from penstock.task_kept where parent_id = x.id
        limit $3) k
    where k.namespace_id = $1
    union all
    select case when s.how = 2 then 2 else 3 end, s.upper, x.id
    from unnest($2::uuid[]) x (id) cross join lateral (
        select parent_id, retry_of, namespace_id from penstock.task where id = x.id
        union all
        select parent_id, retry_of, namespace_id from penstock.task_kept where id = x.id
        limit 1) k cross join lateral (values (2, k.parent_id), (3, k.retry_of)) s (how, upper)
    where k.namespace_id = $1 and s.upper is not null
    union all
    select 3, r.old_id, r.new_id
    from unnest($2::uuid[]) x (id) join penstock.retry_link r on r.old_id = x.id
) all_of
order by how, upper, lower

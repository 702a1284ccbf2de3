-- Of children that wait: how many of their parents live, and whether one that has ended condemns them. A parent of
-- which nothing is known any more condemns nobody: its own end has told what it had to tell.
select e.child_id, count(p.id)::int,
    coalesce(bool_or(p.id is null and (o.status, e.on_failure) in ({condemning})), false)
from unnest($1::uuid[]) c (id) join penstock.edge e on e.child_id = c.id
    left join penstock.trigger p on p.id = e.parent_id
    left join lateral (
        select k.lane from penstock.task k where p.id is null and k.id = e.parent_id
        union all
        select k.lane from penstock.task_kept k where p.id is null and k.id = e.parent_id
        limit 1) k on true
    left join lateral (
        select s.status from penstock.outcome s where s.lane = k.lane and s.id = e.parent_id
        union all
        select s.status from penstock.outcome_kept s where p.id is null and s.id = e.parent_id
        limit 1) o on true
group by e.child_id

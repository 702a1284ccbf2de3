-- What the ends of some parents mean to each of their children: so many have ended, and whether one of them condemns it.
select e.child_id, count(*)::int, bool_or((x.status, e.on_failure) in ({condemning}))
from unnest($1::uuid[], $2::smallint[]) x (parent_id, status) join penstock.edge e on e.parent_id = x.parent_id
group by e.child_id

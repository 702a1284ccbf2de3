-- The parents of a task, in order, behind a place.
select e.place, e.parent_id from penstock.edge e
where e.child_id = $2 and e.namespace_id = $1 and e.place > $3
order by e.place limit $4

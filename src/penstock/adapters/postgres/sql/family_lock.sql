-- Locks tasks that shall end, and their children, in one order for everybody, so that no two ends of families wait for
-- each other in a ring.
select t.id from only penstock.trigger t
where t.id = any (array(
    select x.id from unnest($1::uuid[]) x (id)
    union
    select e.child_id from unnest($1::uuid[]) x (id) join penstock.edge e on e.parent_id = x.id))
order by t.id
for update

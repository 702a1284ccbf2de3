-- Locks the live ones among some tasks, in one order for everybody: while the lock is held none of them ends, and none
-- is given another child.
select t.id from only penstock.trigger t where t.id = any ($1::uuid[]) order by t.id for update

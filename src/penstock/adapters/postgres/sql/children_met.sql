-- What the ends of some parents mean to their children, which are locked, in due order: for how many others each waits
-- now, whether it is condemned, and whether its lambda has a worker. Nothing here joins two lists: see ticks_advance.sql.
select m.child_id, t.parents_left - m.ended, m.condemned, t.registered
from (
    select e.child_id, count(*)::int as ended, bool_or((x.status, e.on_failure) in ({condemning})) as condemned
    from unnest($1::uuid[], $2::smallint[]) x (parent_id, status) cross join lateral (
        select * from penstock.edge e where e.parent_id = x.parent_id offset 0) e
    group by e.child_id) m
    cross join lateral (
        select t.parents_left, t.due_at,
            (select l.registered from penstock.lambda l where l.id = t.lane / 4) as registered
        from only penstock.trigger t
        where t.id = m.child_id and ({bits:free} >> t.status) & 1 = 1 and t.held_for = {held_for:parents}
        offset 0) t
order by t.due_at, m.child_id

-- Of children that wait, and are locked, in due order: how many of their parents live, whether one that has ended
-- condemns them, and whether their lambda has a worker. A parent of which nothing is known any more condemns nobody: its
-- own end has told what it had to tell.
select c.id, m.live, m.condemned, t.registered
from unnest($1::uuid[]) c (id)
    cross join lateral (
        select t.due_at, (select l.registered from penstock.lambda l where l.id = t.lane / 4) as registered
        from only penstock.trigger t
        where t.id = c.id and ({bits:free} >> t.status) & 1 = 1 and t.held_for = {held_for:parents}
        offset 0) t
    cross join lateral (
        select count(*) filter (where p.lives)::int as live,
            coalesce(bool_or((p.status, p.on_failure) in ({condemning})), false) as condemned
        from (
            select e.on_failure, exists (select from only penstock.trigger p where p.id = e.parent_id) as lives,
                (select o.status from (
                    select lane from penstock.task where id = e.parent_id
                    union all
                    select lane from penstock.task_kept where id = e.parent_id
                    limit 1) k cross join lateral (
                    select s.status from penstock.outcome s where s.lane = k.lane and s.id = e.parent_id
                    union all
                    select s.status from penstock.outcome_kept s where s.id = e.parent_id
                    limit 1) o) as status
            from penstock.edge e where e.child_id = c.id) p) m
order by t.due_at, c.id

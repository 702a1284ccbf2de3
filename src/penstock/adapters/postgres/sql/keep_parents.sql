-- Moves aside the ends of a span that a child which lives may still ask for. It begins at the children, which are few: a
-- day of ends is never read.
with kept as (
    insert into penstock.outcome_kept
    select o.*
    from (select distinct e.parent_id as id
          from only penstock.trigger t join penstock.edge e on e.child_id = t.id
          where t.parents_left is not null) p
        cross join lateral (
            select lane from penstock.task where id = p.id
            union all
            select lane from penstock.task_kept where id = p.id
            limit 1) k
        cross join lateral (
            select * from penstock.outcome o
            where o.lane = k.lane and o.id = p.id and o.finished_at >= $1 and o.finished_at < $2) o
    on conflict do nothing
    returning id
)
select count(*) from kept

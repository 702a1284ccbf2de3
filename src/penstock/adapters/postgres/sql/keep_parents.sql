-- Moves aside the ends of a span that a child which lives may still ask for.
with kept as (
    insert into penstock.outcome_kept
    select o.* from penstock.outcome o
    where o.finished_at >= $1 and o.finished_at < $2
      and exists (select from penstock.edge e join penstock.trigger t on t.id = e.child_id where e.parent_id = o.id)
    on conflict do nothing
    returning id
)
select count(*) from kept

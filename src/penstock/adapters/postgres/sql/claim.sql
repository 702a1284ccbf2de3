-- Gives the enqueued ones among the ids to their claimer, with all that an execution needs. The bounds of the
-- ids let the start of the statement leave out all days but theirs; what retention moved aside is looked up singly.
-- What a gate stops is held instead; where no gate stands, nobody looks for one.
with now as materialized (select penstock.clock() as at),
stopped as materialized (
    select t.id, {verdict} as reason, t.collection
    from now, (
        select t.id, t.lane,
            coalesce(t.collection, (select o.collection from penstock.task o where o.id = t.id),
                     (select o.collection from penstock.task_kept o where o.id = t.id), '') as collection
        from only penstock.trigger t
        where t.id = any ($1::uuid[]) and ({bits:claim} >> t.status) & 1 = 1 and not t.cancel_requested
          and (select exists (select from penstock.gate))
        offset 0) t
        left join penstock.gate w on w.lambda_id = t.lane / 4 and w.collection = ''
            and (w.until is null or w.until > (select at from now))
        left join penstock.gate c on c.lambda_id = t.lane / 4 and c.collection = t.collection and c.collection <> ''
            and (c.until is null or c.until > (select at from now))
    where {verdict} is not null
),
held as (
    update only penstock.trigger t
    set status = {status:held}, held_for = s.reason, collection = s.collection, trigger_at = now.at + $5::interval,
        due_at = coalesce((select o.scheduled_at from penstock.task o where o.id = t.id),
                          (select o.scheduled_at from penstock.task_kept o where o.id = t.id), now.at)
    from now, stopped s
    where t.id = s.id and ({bits:claim} >> t.status) & 1 = 1 and ({bits:hold} >> t.status) & 1 = 1
),
claimed as (
    update only penstock.trigger t
    set status = {status:claimed}, claim = t.claim + 1, trigger_at = now.at + $4::interval
    from now
    where t.id = any ($1::uuid[]) and ({bits:claim} >> t.status) & 1 = 1 and not t.cancel_requested
      and t.id <> all (array(select id from stopped))
    returning t.id, t.claim, t.lane, t.attempts, t.crashes, t.suspect
)
select c.id, c.claim, c.lane,
    case when k.id is null then (select payload from penstock.task_kept o where o.id = c.id) else k.payload end,
    coalesce(case when k.id is null then (select collection from penstock.task_kept o where o.id = c.id)
                  else k.collection end, ''),
    case when k.id is null then (select scheduled_at from penstock.task_kept o where o.id = c.id)
         else k.scheduled_at end,
    c.attempts, c.crashes, c.suspect
from claimed c left join penstock.task k on k.id = c.id and k.id between $2 and $3

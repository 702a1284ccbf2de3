-- Gives the enqueued ones among the ids to their claimer, with all that an execution needs. The bounds of the
-- ids let the start of the statement leave out all days but theirs; what retention moved aside is looked up singly.
with claimed as (
    update penstock.trigger t
    set status = {status:claimed}, claim = t.claim + 1, trigger_at = now.at + $4::interval
    from (select penstock.clock() as at) now
    where t.id = any ($1::uuid[]) and ({bits:claim} >> t.status) & 1 = 1 and not t.cancel_requested
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

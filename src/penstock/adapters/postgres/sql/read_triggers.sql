-- The live rows among some ids: a delivery that is idle is none.
select id, lane, status, trigger_at, claim, attempts, crashes, lapses, suspect, cancel_requested, held_for,
    case when status = {status:processing} then executor end,
    case when status = {status:processing} then started_at end
from penstock.trigger where id = any ($1::uuid[]) and status <> {status:idle}

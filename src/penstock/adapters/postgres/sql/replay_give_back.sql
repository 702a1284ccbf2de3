-- The places of these rows are their own again.
update penstock.delivery d
set status = case when d.head > d.cursor then {status:new} else {status:idle} end, trigger_at = now.at, held_for = null,
    due_at = null
from (select penstock.clock() as at) now
where d.id = any ($1::uuid[]) and d.held_for = {held_for:replay} and ({delivery:given_back} >> d.status) & 1 = 1
returning d.lane, d.status = {status:new}

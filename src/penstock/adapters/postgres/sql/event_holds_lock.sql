-- A row that is still blocked where it was.
select d.id from penstock.delivery d
where d.id = $1 and d.cursor = $2 and d.status = {status:held} and d.held_for = {held_for:dead_event}
for update

-- The new task of a retry waits for its parents.
update only penstock.trigger set status = {status:held}, held_for = $2, due_at = trigger_at
where id = $1 and status in ({from:hold})

-- Deletes a schedule. What is known of its ticks goes with its age, and its number is never given again.
delete from penstock.periodic_schedule where namespace_id = $1 and name = $2 returning id

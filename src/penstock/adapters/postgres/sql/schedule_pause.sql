-- Pauses a schedule; nothing changes for one that is paused.
update penstock.periodic_schedule set paused = true, edition = edition + 1
where namespace_id = $1 and name = $2 and not paused

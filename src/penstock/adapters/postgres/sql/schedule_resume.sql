-- Lets a schedule go on from a tick, if it stands as it was seen.
update penstock.periodic_schedule
set paused = false, retired = false, edition = edition + 1, next_tick = $3, look_at = $4, waiting_since = null
where id = $1 and edition = $2
returning name

-- One stream.
select id, name, created_at, keep, hold_longest, hold_blocked, hold_unseen from penstock.stream where namespace_id = $1 and name = $2

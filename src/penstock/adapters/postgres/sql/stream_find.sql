-- One stream.
select id, name, created_at, keep, hold_longest, hold_blocked, hold_unseen, schema_subject
from penstock.stream where namespace_id = $1 and name = $2

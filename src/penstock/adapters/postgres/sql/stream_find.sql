-- One stream.
select id, name, created_at, keep from penstock.stream where namespace_id = $1 and name = $2

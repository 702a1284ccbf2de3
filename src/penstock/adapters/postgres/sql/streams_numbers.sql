-- The numbers of streams.
select name, id from penstock.stream where namespace_id = $1 and name = any ($2::text[])

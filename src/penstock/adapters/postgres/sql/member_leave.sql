-- Gives up a server's lease and its buckets.
with gone as (delete from penstock.member where id = $1)
update penstock.bucket_lease set holder = null, lease_until = '-infinity' where holder = $1

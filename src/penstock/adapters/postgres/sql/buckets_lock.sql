-- Who holds which slice. The lock makes those who balance take turns.
select slice, holder, lease_until > penstock.clock() as stands from penstock.bucket_lease order by slice for update

-- Takes these slices for one holder until the end of the lease, and lets go of its others.
update penstock.bucket_lease b
set holder = case when b.slice = any ($2::int[]) then $1 end,
    lease_until = case when b.slice = any ($2::int[]) then penstock.clock() + $3::interval else '-infinity' end
where b.slice = any ($2::int[]) or b.holder = $1

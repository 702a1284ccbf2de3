-- The current secret becomes the previous one for $3; with the secret that it has, nothing changes.
update penstock.endpoint
set secret = $2, previous_secret = secret, previous_until = penstock.clock() + $3::interval,
    version = version + 1, changed_at = penstock.clock()
where lambda_id = $1 and secret <> $2

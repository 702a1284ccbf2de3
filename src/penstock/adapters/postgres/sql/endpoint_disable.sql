update penstock.endpoint
set disabled_because = $2, disabled_at = penstock.clock(), version = version + 1, changed_at = penstock.clock()
where lambda_id = $1 and disabled_because is null

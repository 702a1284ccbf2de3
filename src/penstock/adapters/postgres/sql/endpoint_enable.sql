update penstock.endpoint
set disabled_because = null, disabled_at = null, gone = array[]::text[], version = version + 1, changed_at = penstock.clock()
where lambda_id = $1 and (disabled_because is not null or gone <> array[]::text[])

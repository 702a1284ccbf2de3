with told as (delete from penstock.endpoint_health where lambda_id = $1)
delete from penstock.endpoint where lambda_id = $1 returning lambda_id

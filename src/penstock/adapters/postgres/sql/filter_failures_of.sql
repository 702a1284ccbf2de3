-- How often a filter has failed since its subscription was declared as it is, and the last error.
select f.count, f.error, f.subject, f.sequence, f.last_at
from penstock.filter_failure f join penstock.subscription s on s.lambda_id = f.lambda_id
where f.lambda_id = $1 and s.declared_at <= f.last_at

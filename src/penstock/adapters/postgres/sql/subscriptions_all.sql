-- Every subscription with its lambda's name, those that are retired too.
select s.lambda_id, s.namespace_id, l.name, s.stream_id, s.spec, s.retired_at is not null
from penstock.subscription s join penstock.lambda l on l.id = s.lambda_id
where $1::int is null or s.namespace_id = $1
order by s.lambda_id

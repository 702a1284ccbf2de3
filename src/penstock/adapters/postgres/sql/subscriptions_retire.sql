-- Lambdas that subscribe to nothing any more.
update penstock.subscription set retired_at = penstock.clock()
where lambda_id = any ($1::int[]) and retired_at is null

-- Which subscriptions of a namespace others go after.
update penstock.subscription set is_followed = lambda_id = any ($2::int[])
where namespace_id = $1 and is_followed <> (lambda_id = any ($2::int[]))

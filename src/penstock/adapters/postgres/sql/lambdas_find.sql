-- Lambdas of a namespace by name.
select id, namespace_id, name, registered, policy, version, signature from penstock.lambda
where namespace_id = $1 and name = any ($2::text[])

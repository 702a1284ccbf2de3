-- Keeps registrations of lambdas that have a number; the latest wins.
update penstock.lambda l
set registered = true, version = x.version, policy = x.policy, signature = x.signature, description = x.description
from (
    select * from unnest($2::text[], $3::text[], $4::jsonb[], $5::bytea[], $6::text[])
        as x (name, version, policy, signature, description)
    order by name collate "C") x
where l.namespace_id = $1 and l.name = x.name

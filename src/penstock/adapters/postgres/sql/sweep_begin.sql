-- An order, unless it stands already. What dies from now on is none of its business.
insert into penstock.sweep (id, namespace_id, kind, rate_per_s, created_at, next_step_at, lanes, lambda_name,
    collection, error_type, cause, from_at, until_at, asked_by, reason)
select $1, $2, $3, $4, now.at, now.at, $5, $6, $7, $8, $9, $10, least($11, now.at), $12, $13
from (select penstock.clock() as at) now
on conflict (id) do nothing

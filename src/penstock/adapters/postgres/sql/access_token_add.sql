-- access_token_add
-- Keeps a token. A repeat meets its own row and leaves it.
insert into penstock.access_token (id, secret_hash, name, role, namespaces, created_by, created_at, expires_at)
select $1, $2, $3, $4, $5, $6, now.at, now.at + $7::interval
from (select penstock.clock() as at) now
on conflict (id) do nothing

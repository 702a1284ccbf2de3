-- access_tokens_newest
-- For people who look after tokens.
select id, name, role, namespaces, created_at, created_by, expires_at, revoked_at, revoked_by, last_used_at
from penstock.access_token
order by created_at desc, id desc
limit $1

-- access_token_find
-- Tokens by id, and what the clock says while they are read: whether one has expired is the store's to say.
select id, name, role, namespaces, created_at, created_by, expires_at, revoked_at, revoked_by, last_used_at,
    secret_hash, now.at
from penstock.access_token, (select penstock.clock() as at) now
where id = any ($1::text[])

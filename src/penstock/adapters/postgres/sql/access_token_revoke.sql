-- access_token_revoke
-- The first revocation stays: a second one does not rewrite who did it.
update penstock.access_token
set revoked_at = coalesce(revoked_at, penstock.clock()), revoked_by = coalesce(revoked_by, $2)
where id = $1
returning id, name, role, namespaces, created_at, created_by, expires_at, revoked_at, revoked_by, last_used_at

-- access_token_used
-- Written rarely: what stands there may be as old as $2 says.
update penstock.access_token t
set last_used_at = now.at
from (select penstock.clock() as at) now
where t.id = any ($1::text[]) and (t.last_used_at is null or t.last_used_at < now.at - $2::interval)

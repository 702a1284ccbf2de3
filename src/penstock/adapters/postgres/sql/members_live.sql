-- Everybody whose lease stands.
select id, kind, address from penstock.member where lease_until > penstock.clock() order by id

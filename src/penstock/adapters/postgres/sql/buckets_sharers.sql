-- How many share the buckets: the orchestrators whose lease stands, and the one who asks.
select count(*) from (
    select id from penstock.member where kind = 'orchestrator' and lease_until > penstock.clock()
    union select $1) sharers

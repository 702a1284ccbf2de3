-- Tokens out of buckets, `least` of each or none, up to `wanted`. A bucket fills by the clock since its last draw, up to
-- its burst; a clock that went back fills nothing. Rows are locked in one order for everybody, and only then the clock is
-- read: who waited must not fill again what another has filled meanwhile.
with asked as materialized (
    select * from unnest($1::int[], $2::smallint[], $3::smallint[], $4::float8[], $5::int[], $6::int[], $7::int[])
        as a (lambda_id, kind, priority, per_s, burst, least, wanted)
),
locked as materialized (
    select b.lambda_id, b.kind, b.priority, b.tokens, b.at, a.per_s, a.burst, a.least, a.wanted
    from asked a join penstock.quota_bucket b using (lambda_id, kind, priority)
    order by b.lambda_id, b.kind, b.priority
    for update of b
),
timed as materialized (select locked.*, penstock.clock() as now_at from locked),
filled as materialized (
    select timed.*,
        least(burst, tokens + greatest(0, extract(epoch from now_at - at)::float8) * per_s) as level
    from timed
),
granted as materialized (
    select filled.*, case when level >= least then least(wanted, floor(level)::int) else 0 end as granted from filled
)
update penstock.quota_bucket b
set tokens = g.level - g.granted, at = g.now_at,
    denied_at = case when g.granted < g.wanted then g.now_at else b.denied_at end
from granted g
where b.lambda_id = g.lambda_id and b.kind = g.kind and b.priority = g.priority
returning b.lambda_id, b.kind, b.priority, g.granted, b.tokens

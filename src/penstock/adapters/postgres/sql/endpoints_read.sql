-- Endpoints of a namespace ($1 null: of all), of a lambda ($2 '': of all, $3 null: of all).
select e.lambda_id, l.namespace_id, n.name, l.name, e.spec, e.secret,
    case when e.previous_until > penstock.clock() then e.previous_secret end, e.version, e.created_at, e.changed_at,
    case when e.previous_until > penstock.clock() then e.previous_until end, e.gone, e.disabled_because, e.disabled_at
from penstock.endpoint e
join penstock.lambda l on l.id = e.lambda_id
join penstock.namespace n on n.id = l.namespace_id
where ($1::int is null or l.namespace_id = $1) and ($2 = '' or l.name = $2) and ($3::int is null or e.lambda_id = $3)
order by l.namespace_id, l.name

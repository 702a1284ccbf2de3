-- Opens the gates whose time is over, as if somebody had.
with now as materialized (select penstock.clock() as at),
turn as (
    update penstock.gate_version v set version = v.version + (
        select count(*) from penstock.gate g where g.state <> {gate:open} and g.until <= now.at)
    from now
    where exists (select from penstock.gate g where g.state <> {gate:open} and g.until <= now.at)
    returning v.version
),
over as (
    update penstock.gate g
    set state = {gate:open}, version = turn.version - e.place + 1, since = e.until, until = null,
        reason = 'its time is over', who = 'penstock', settle_after = e.until
    from turn, (
        select o.lambda_id, o.collection, o.until, row_number() over (order by o.lambda_id, o.collection) as place
        from now, penstock.gate o where o.state <> {gate:open} and o.until <= now.at) e
    where g.lambda_id = e.lambda_id and g.collection = e.collection and g.state <> {gate:open} and g.until = e.until
    returning g.*
)
insert into penstock.gate_history (version, at, lambda_id, collection, state, until, reason, who)
select version, since, lambda_id, collection, state, until, reason, who from over

-- What waits in the store, lane by lane: due, for a time to come, and held by what for; each counted up to $5.
with now as materialized (select penstock.clock() as at),
lanes as materialized (
    select l.name, l.registered, l.id * 4 + p.priority as lane
    from (select id, name, registered from penstock.lambda
          where namespace_id = $1 and ($2 = '' or name = $2) and name > $3
          order by name limit $4) l
        cross join (values (1), (2), (3)) p (priority)
)
select now.at, x.lane, x.name, x.registered,
    (select count(*) from (
        select from penstock.trigger t
        where t.lane = x.lane and t.status in ({waits_for_time}) and not t.cancel_requested and t.trigger_at <= now.at
        limit $5) due),
    (select t.trigger_at from penstock.trigger t
     where t.lane = x.lane and t.status in ({waits_for_time}) and not t.cancel_requested and t.trigger_at <= now.at
     order by t.trigger_at limit 1),
    ahead.later, ahead.backing_off, held.reasons, held.counts
from now left join lanes x on true
    left join lateral (
        select count(*) filter (where a.status <> {status:retriable_failure}) as later,
            count(*) filter (where a.status = {status:retriable_failure}) as backing_off
        from (select t.status from penstock.trigger t
              where t.lane = x.lane and t.status in ({waits_for_time}) and not t.cancel_requested
                and t.trigger_at > now.at
              limit $5) a) ahead on true
    left join lateral (
        select array_agg(r.reason) as reasons, array_agg(c.count) as counts
        from unnest($6::text[]) r (reason), lateral (
            select count(*) from (
                select from penstock.trigger t
                where t.status = {status:held} and t.held_for = r.reason and t.lane = x.lane
                limit $5) each) c
        where c.count > 0) held on true
order by x.name, x.lane

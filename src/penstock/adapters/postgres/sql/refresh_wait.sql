-- How long until the first step of loops that are wanted: null when one of them has no row yet, as it is due then. What
-- waits for another, see refresh_take.sql, is looked at again after a while.
select case when count(r.loop) = count(*) then min(case
    when r.held_until > now.at then least(r.held_until - now.at, interval '1 s')
    when r.loop <> 1 and not exists (
        select from penstock.refresh w where w.stream_id = r.stream_id and w.loop = 1 and w.mark <> '') then interval '1 s'
    when r.began_at is null and r.edition <> x.edition then interval '0'
    else greatest(r.next_at - now.at, interval '0') end) end
from (select penstock.clock() as at) now,
    unnest($1::int[], $2::smallint[], $3::bigint[]) as x (stream_id, loop, edition)
    left join penstock.refresh r on r.stream_id = x.stream_id and r.loop = x.loop

-- Loops that are wanted and have no row yet: due now.
insert into penstock.refresh (stream_id, loop, next_at)
select x.stream_id, x.loop, penstock.clock() from unnest($1::int[], $2::smallint[]) as x (stream_id, loop)
on conflict do nothing

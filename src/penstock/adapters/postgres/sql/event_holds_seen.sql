-- Subscriptions that are served now, those of streams that wait for cursors; what was noted lately is left alone.
insert into penstock.subscription_seen as n (lambda_id, seen_at)
select s.lambda_id, now.at
from (select penstock.clock() as at) now, penstock.subscription s join penstock.stream t on t.id = s.stream_id
where s.lambda_id = any ($1::int[]) and t.hold_longest > '0'
order by s.lambda_id
on conflict (lambda_id) do update set seen_at = excluded.seen_at
where n.seen_at < excluded.seen_at - interval '10 minutes'

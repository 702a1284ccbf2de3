-- When subscriptions were declared last, or served.
select s.lambda_id, greatest(s.declared_at, n.seen_at)
from penstock.subscription s left join penstock.subscription_seen n on n.lambda_id = s.lambda_id
where s.retired_at is null

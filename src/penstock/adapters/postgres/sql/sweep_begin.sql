-- An order, unless it stands already. What dies, ends or is scheduled from now on is none of its business.
insert into penstock.sweep_order (id, namespace_id, kind, rate_per_s, created_at, next_step_at, lanes, lambda_name,
    collection, error_type, cause, from_at, until_at, asked_by, reason, statuses, scheduled_from, scheduled_until,
    attributes, last_id)
select $1, $2, $3, $4, now.at, now.at, $5, $6, $7, $8, $9, $10, least($11, now.at), $12, $13, $14, $15, $16, $17,
    case when $18 then coalesce((select t.id from only penstock.trigger t order by t.id desc limit 1),
                                '00000000-0000-0000-0000-000000000000') end
from (select penstock.clock() as at) now
on conflict (id) do nothing

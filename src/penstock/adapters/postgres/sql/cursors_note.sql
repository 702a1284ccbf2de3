-- A line about who ordered what, and why.
insert into penstock.cursor_order (at, delivery_id, sequence, lambda_id, kind, subject, who, reason)
values (penstock.clock(), $1, $2, $3, $4, $5, $6, $7)

-- Takes back a retry that was made in this transaction.
with unlinked as (delete from penstock.retry_link where old_id = $1 and new_id = $2),
forgotten as (delete from only penstock.trigger where id = $2)
delete from penstock.task where id = $2

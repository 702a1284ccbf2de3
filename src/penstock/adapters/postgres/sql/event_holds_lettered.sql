-- Dead events of a subject up to there block no more; all of those that there are.
with freed as (
    update penstock.event_letter l set blocks = false where l.delivery_id = $1 and l.sequence <= $2 and l.blocks
)
select l.sequence from penstock.event_letter l where l.delivery_id = $1 and l.sequence <= $2

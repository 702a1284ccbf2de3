-- Dead events of a subscription, or of one subject of it, the latest first.
select l.subject, l.subject_hash, l.sequence, l.appended_at, l.type, l.data, coalesce(l.source, ''), coalesce(l.id, ''),
    l.happened_at, coalesce(l.content_type, ''), coalesce(l.extensions, ''), l.attempts, l.crashes, l.blocks, l.reason,
    l.failure_type, l.failure_message, l.failure_traceback, coalesce(l.executor, ''), l.died_at
from penstock.event_letter l
where l.lambda_id = $1 and ($2::uuid is null or l.subject_hash = $2) order by l.died_at desc, l.sequence desc limit $3

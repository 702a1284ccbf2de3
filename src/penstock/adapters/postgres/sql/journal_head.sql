-- The last sequence of a subject.
select head from penstock.subject_head where stream_id = $1 and subject_hash = $2

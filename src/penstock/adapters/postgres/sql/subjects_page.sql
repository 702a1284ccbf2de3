-- How far the subjects of a stream have come, in the order of their hashes.
select subject, subject_hash, head, appended, appended_at from penstock.subject_head
where stream_id = $1 and subject_hash > $2
order by subject_hash limit $3

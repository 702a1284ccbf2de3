-- Paths whose latest change has a higher sequence: all of a stream's are given under one lock.
select subject, subject_hash, sequence, changed_at from penstock.folder_file
where stream_id = $1 and sequence > $2 order by sequence limit $3

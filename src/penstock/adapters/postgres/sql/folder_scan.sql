-- All paths, in the order of their hashes.
select subject, subject_hash, sequence, changed_at from penstock.folder_file
where stream_id = $1 and subject_hash > $2 order by subject_hash limit $3

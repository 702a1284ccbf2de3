-- The last sequence that was given in a folder.
select last_sequence from penstock.folder where stream_id = $1

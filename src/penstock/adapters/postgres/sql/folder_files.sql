-- The files that are there.
select subject, device, inode, size, modified_ns from penstock.folder_file where stream_id = $1 and kind <> $2

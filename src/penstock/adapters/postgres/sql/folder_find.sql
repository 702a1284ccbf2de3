-- What is known of a folder itself.
select version, device, inode from penstock.folder where stream_id = $1

-- The row of a folder, and the lock of all who write.
insert into penstock.folder (stream_id, version, last_sequence, device, inode) values ($1, 0, 0, 0, 0)
on conflict (stream_id) do nothing

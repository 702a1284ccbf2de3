-- Paths that have been gone for long: whoever comes back gets a higher sequence without them, too.
delete from penstock.folder_file where stream_id = $1 and kind = $2 and changed_at < penstock.clock() - interval '30 days'

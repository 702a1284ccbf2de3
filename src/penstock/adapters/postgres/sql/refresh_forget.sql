-- What the full pass (2) that has just ended did not see again goes on by now.
delete from penstock.refresh_finding f using penstock.refresh r
where f.stream_id = $1 and r.stream_id = $1 and r.loop = 2 and f.seen_at < r.last_began_at

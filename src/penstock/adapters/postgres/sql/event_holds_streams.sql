-- Streams that wait for cursors; when their subscriptions changed, and when the last full pass over them began.
select t.id, t.namespace_id, t.name, t.keep, t.hold_longest, t.hold_blocked, t.hold_unseen, penstock.clock(),
    (select max(greatest(s.declared_at, s.retired_at)) from penstock.subscription s
     where s.namespace_id = t.namespace_id),
    (select r.last_began_at from penstock.refresh r where r.stream_id = t.id and r.loop = 2)
from penstock.stream t where t.hold_longest > '0' order by t.id

-- A time before which every event that will ever be seen is seen already: those who store events at this moment have
-- taken theirs after they began. A few seconds less, for one that has begun and is not in the list yet; a minute, more
-- than any call takes, for one whose beginning this user may not see.
select penstock.clock() - interval '5 s' - greatest(interval '0', now() - min(
    coalesce(a.xact_start, case when a.state is null then now() - interval '60 s' end)))
from pg_stat_activity a
where a.datname = current_database() and a.application_name = 'penstock journal'

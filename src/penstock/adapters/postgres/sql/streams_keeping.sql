-- How long streams keep their events.
select id, keep from penstock.stream

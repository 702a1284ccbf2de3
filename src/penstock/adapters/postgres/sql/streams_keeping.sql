-- How long streams keep their events; those that wait for cursors, at longest.
select id, keep, nullif(hold_longest, '0') from penstock.stream

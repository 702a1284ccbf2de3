-- Whoever changes the registry's rows waits here for those before; the last id that was given.
select last_id from penstock.schema_counter for update

-- Streams may name the subject of the registry whose schemas their events' data are of; docs/decisions/0046.

alter table penstock.stream add column schema_subject text;  -- null: any data

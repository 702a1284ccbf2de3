-- The locks of rows that go after others, in one order for everybody.
select id from penstock.delivery where id = any ($1::uuid[]) order by id for update

-- Numbers for names that nobody knew, in one order for everybody.
insert into penstock.lambda (namespace_id, name, policy)
select $1, name, $3 from unnest($2::text[]) name order by name collate "C"
on conflict do nothing

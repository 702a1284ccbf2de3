-- New streams; nothing for those that another process made first.
insert into penstock.stream (namespace_id, name, created_at)
select $1, x.name, penstock.clock() from unnest($2::text[]) as x (name) order by x.name
on conflict do nothing

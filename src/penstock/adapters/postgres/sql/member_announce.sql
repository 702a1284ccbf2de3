-- Renews one server's lease and forgets those that are long gone.
with now as materialized (select penstock.clock() as at),
gone as (delete from penstock.member m using now where m.lease_until < now.at - interval '1 h' and m.id <> $1)
insert into penstock.member (id, kind, address, lease_until)
select $1, $2, $3, now.at + $4::interval from now
on conflict (id) do update
    set kind = excluded.kind, address = excluded.address, lease_until = excluded.lease_until

-- The number of a namespace.
select id from penstock.namespace where name = $1

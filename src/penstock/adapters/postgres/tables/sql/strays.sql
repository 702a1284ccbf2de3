-- Rows without a subject, which nobody can be told of; counted up to a bound.
select count(*) from (select from {table} t where t.{subject} is null limit 1000) n

-- What every row that will come to have a lower value in this column has by now.
with h as materialized ({horizon})
select (t.{recent} {overlap})::text from h, {table} t
where t.{recent} is not null and {settled} order by t.{recent} desc limit 1

(
    select t.{sequence}::bigint from {table} t where t.{subject} = r.subject and {settled}
    order by t.{sequence} desc limit 1
)

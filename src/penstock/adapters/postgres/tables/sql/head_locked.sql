(select t.{sequence}::bigint from {table} t where t.{subject} = r.subject order by t.{sequence} desc limit 1)

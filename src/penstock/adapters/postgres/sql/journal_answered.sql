-- What earlier calls with these tokens were answered.
select t.namespace_id, t.token, t.content_hash, t.sequences
from unnest($1::int[], $2::bytea[]) as x (namespace_id, token)
    join penstock.publish_token t on t.namespace_id = x.namespace_id and t.token = x.token

-- Every lambda of every namespace.
select id, namespace_id, name, registered, policy, version, signature from penstock.lambda order by id

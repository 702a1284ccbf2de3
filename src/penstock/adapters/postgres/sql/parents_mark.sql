-- Says of live tasks that somebody waits for them.
update only penstock.trigger set has_children = true where id = any ($1::uuid[]) and has_children is not true

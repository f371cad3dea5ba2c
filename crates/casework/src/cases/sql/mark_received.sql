-- The case is received, unless it was before.
update cases
set received_at = coalesce(received_at, $2)
where id = $1

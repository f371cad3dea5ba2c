-- Writes what may change of an account, and counts its version up. Whoever closed it first stays the one who did.
update users
set name = $2,
  disabled_at = $3,
  disabled_by = case when $3::timestamptz is null then null else coalesce(disabled_by, $4) end,
  version = version + 1
where id = $1

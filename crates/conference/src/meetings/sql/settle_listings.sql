-- The meeting is over: its cases close to agencies without an outstanding action.
select from settle_listings($1, $2)

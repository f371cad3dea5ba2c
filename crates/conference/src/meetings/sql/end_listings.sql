-- The meeting will not take place: its listings end.
select from end_listings($1, $2)

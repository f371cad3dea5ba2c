-- The meeting will not take place: its listings end.
select end_listings($1, $2)

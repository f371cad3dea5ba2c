-- The meeting begins: its listings get the meeting's lens.
select from begin_listings($1, $2)

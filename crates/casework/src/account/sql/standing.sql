-- How an entry of the account stands towards the reader, locked.
{entry_standing()}
and e.id = $5
for update of e

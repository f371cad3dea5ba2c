-- One share of a case, locked.
{share_rows()}
and g.id = $2
for update

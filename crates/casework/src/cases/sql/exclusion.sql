-- One exclusion of a case, locked.
{exclusion_rows()}
and e.id = $2
for update of e

-- One allocation of a case.
{allocation_rows()}
and a.id = $2

-- One entry of the account of a case, whoever reads it.
{entry_row()}
where e.case_id = $1 and e.id = $2

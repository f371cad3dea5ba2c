-- What the reader gets of the account of a case, earlier versions too: see `readable_entry`.
{entry_row()}
where e.case_id = $1 and {readable_entry(e)}

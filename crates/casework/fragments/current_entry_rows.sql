-- current_entry_rows(): what this reader reads of the account of the case $1, as it stands now: see `readable_entry`.
{entry_row()}
where e.case_id = $1 and e.superseded_by_id is null and {readable_entry(e)}

-- What the reader gets of the account of a case, as it stands now.
{current_entry_rows()}

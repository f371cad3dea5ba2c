-- How these entries of the account stand towards the reader.
{entry_standing()}
and e.id = any ($5)

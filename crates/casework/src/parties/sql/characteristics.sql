-- The characteristics of one party of a case, locked.
{characteristics_row()}
where p.case_id = $1 and p.party_id = $2
for update

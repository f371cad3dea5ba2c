-- The identity and role of one party of a case, locked.
{party_row()}
where p.case_id = $1 and p.id = $2
for update

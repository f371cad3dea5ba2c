-- One contact in a case, locked.
{contact_row()}
where p.case_id = $1 and p.id = $2
for update

-- One address in a case, locked.
{address_row()}
where p.case_id = $1 and p.id = $2
for update

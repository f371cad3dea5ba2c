-- The relationship of one person of a case to another, locked.
{relationship_row()}
where p.case_id = $1 and p.from_party_id = $2 and p.to_party_id = $3
for update

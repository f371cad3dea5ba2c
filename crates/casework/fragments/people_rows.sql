-- people_rows(): everybody of the case $1, part by part.
{party_row()}
where p.case_id = $1
union all
{characteristics_row()}
where p.case_id = $1
union all
{address_row()}
where p.case_id = $1
union all
{contact_row()}
where p.case_id = $1
union all
{relationship_row()}
where p.case_id = $1

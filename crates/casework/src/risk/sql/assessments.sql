-- Every assessment of a case.
{assessment_row()}
where r.case_id = $1

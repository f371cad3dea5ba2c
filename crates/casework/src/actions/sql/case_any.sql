-- A page of the actions of a case, whatever their status.
{action_page(a.case_id = $1, true)}

-- A page of the outstanding actions of a case.
{action_page(a.case_id = $1, {outstanding_action(a)})}

-- A page of the actions of a case that were reported as not done or not possible and await the chair.
{action_page(a.case_id = $1, {unresolved_action(a)})}

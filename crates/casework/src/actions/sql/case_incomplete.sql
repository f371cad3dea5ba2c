-- A page of the actions of a case that are outstanding, or were not done and await the chair.
{action_page(a.case_id = $1, {incomplete_action(a)})}

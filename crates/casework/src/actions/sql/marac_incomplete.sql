-- A page of the actions of a MARAC that are outstanding, or were not done and await the chair.
{action_page(a.marac_id = $1, {incomplete_action(a)})}

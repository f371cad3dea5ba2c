-- A page of the actions of a MARAC that were reported as not done or not possible and await the chair.
{action_page(a.marac_id = $1, {unresolved_action(a)})}

-- A page of the outstanding actions of a MARAC.
{action_page(a.marac_id = $1, {outstanding_action(a)})}

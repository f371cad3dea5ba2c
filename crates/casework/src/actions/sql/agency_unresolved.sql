-- A page of the actions of an agency that were reported as not done or not possible and await the chair.
{action_page(a.owner_agency_id = $1, {unresolved_action(a)})}

-- A page of the actions of an agency that are outstanding, or were not done and await the chair.
{action_page(a.owner_agency_id = $1, {incomplete_action(a)})}

-- A page of the outstanding actions of an agency.
{action_page(a.owner_agency_id = $1, {outstanding_action(a)})}

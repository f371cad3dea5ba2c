-- A page of the actions of an agency, whatever their status.
{action_page(a.owner_agency_id = $1, true)}

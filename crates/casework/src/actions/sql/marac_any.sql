-- A page of the actions of a MARAC, whatever their status.
{action_page(a.marac_id = $1, true)}

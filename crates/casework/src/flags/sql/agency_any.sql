-- A page of the flags of an agency.
{flag_page(f.agency_id = $1, true)}

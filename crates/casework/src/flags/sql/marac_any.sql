-- A page of the flags of a MARAC.
{flag_page(f.marac_id = $1, true)}

-- A page of the flags of an agency that wait for its answer.
{flag_page(f.agency_id = $1, {due_flag(f)})}

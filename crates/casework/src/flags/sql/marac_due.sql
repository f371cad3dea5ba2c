-- A page of the flags of a MARAC that wait for an answer.
{flag_page(f.marac_id = $1, {due_flag(f)})}

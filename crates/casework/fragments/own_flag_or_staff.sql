-- own_flag_or_staff(a): the flag at this alias is the caller's agency's, or of a MARAC they coordinate or chair.
({owned_action({a})} or {a}.marac_id = any ($staff))

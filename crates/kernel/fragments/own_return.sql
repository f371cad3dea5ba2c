-- own_return(r): the return of research at this alias is the caller's agency's, and the caller speaks for it.
({r}.agency_id = $agency
  and ({r}.marac_id = any ($rep) or {r}.marac_id = any ($idva)))

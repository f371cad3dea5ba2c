-- owned_action(a): the action at this alias is owned by the caller's agency, and the caller speaks for it.
({a}.owner_agency_id = $agency
  and ({a}.marac_id = any ($rep)
    or {a}.marac_id = any ($idva)
    -- Never null, which would be neither owned nor not.
    or coalesce({a}.owner_user_id = $user, false)))

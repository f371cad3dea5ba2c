-- visible_actions(a): the action at this alias is in the caller's sight.
-- It is owned by the caller's agency, whatever has become of the agency's sight of the case; or it is on a visible case
-- of whose actions the caller may hear.
({a}.case_id <> all ($closed)
  and {a}.marac_id = any ($maracs)
  and ({owned_action({a})}
    or exists (
      select from cases c
      where c.id = {a}.case_id
        and {visible_cases(c)}
        and {hears_of_actions(c)})))

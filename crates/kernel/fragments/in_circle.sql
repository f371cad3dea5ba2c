-- in_circle(g): the circle row at this alias is open now, and the caller's: by person, or by agency and role.
-- What ends each basis stands in the vocabulary `bases`.
({g}.opens_at <= $now
  and {g}.ends_at > $now
  and not {g}.paused
  and ({g}.user_id = $user
    or {g}.actor_id = $actor
    or ({g}.agency_id = $agency
      and case {g}.basis
        when 'allocation' then {g}.marac_id = any ($idva)
        else {g}.marac_id = any ($rep)
      end)))

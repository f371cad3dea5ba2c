-- open_to_agency(n): the case of this row (with `case_id`, `agency_id`) is not closed to that agency.
-- It is not excluded, and of a restricted case somebody of it is named.
(not exists (
    select from exclusions e
    where e.case_id = {n}.case_id
      and e.agency_id = {n}.agency_id
      and e.exempt_user_id is null
      and e.ends_at > $now)
  and (not exists (
      select from restrictions t
      where t.case_id = {n}.case_id and t.ends_at > $now)
    or exists (
      select from circle g
      left join users u on u.id = g.user_id
      left join registered_actors p on p.id = g.actor_id
      where g.case_id = {n}.case_id
        and g.basis = 'named'
        and {n}.agency_id in (u.agency_id, p.agency_id)
        and g.ends_at > $now)))

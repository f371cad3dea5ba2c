-- hearing_place(i, m): the columns of a `Place`: an item, its meeting, and what that opens to the caller.
{i}.id as item_id, {i}.meeting_id, {i}.case_id, {i}.kind, {i}.status, {m}.status as meeting,
exists (
  select from circle g
  where g.case_id = {i}.case_id
    and g.meeting_id = {i}.meeting_id
    and g.basis in ('listing', 'attendance')
    and g.full_at <= $now
    and {in_circle(g)}) as sits,
{accepted_statement({i}.meeting_id)} as accepted,
exists (
  select from attendances t
  where t.meeting_id = {i}.meeting_id
    and t.agency_id = $agency
    and t.presence in ('present', 'apologies')) as attended

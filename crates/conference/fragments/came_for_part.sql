-- came_for_part(p, c, meeting): the reader's agency came to the meeting and was there for the case of this part.
-- The case was listed to it, and the reader speaks for it. The meeting's statement they must have accepted stands
-- beside it. It ends when the case at `c` rests. Whoever was noted as leaving while the case was heard was not there
-- for it.
({not_shut_out({p}, case_id)}
  and not rests({c}.status)
  and ({p}.marac_id = any ($rep) or {p}.marac_id = any ($idva))
  and exists (
    select from agenda_items i
    join agenda_listings l on l.agenda_item_id = i.id
    where i.meeting_id = {meeting}
      and i.case_id = {p}.case_id
      and l.agency_id = $agency)
  and exists (
    select from attendances t
    where t.meeting_id = {meeting}
      and t.agency_id = $agency
      and t.presence = 'present'
      and t.role in ('representative', 'deputy')
      and not exists (
        select from attendance_items b
        join agenda_items i on i.id = b.agenda_item_id
        where b.attendance_id = t.id
          and i.case_id = {p}.case_id
          and b.left_at is not null)))

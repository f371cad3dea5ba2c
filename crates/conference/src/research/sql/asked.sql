-- Which of these items of a meeting the agency is asked about and sees, with the keys of their cases.
-- The requests are locked, and the meeting is kept as it is.
select r.id, r.marac_id, r.case_id, r.agenda_item_id, r.status, r.standing, i.status as item_status,
  m.status as meeting_status, r.due_on, r.answered_on, r.batch_id, r.version, {key_columns()}
from research_returns r
join agenda_items i on i.id = r.agenda_item_id
join meetings m on m.id = r.meeting_id
join cases c on c.id = r.case_id
{file_key(r.case_id)}
where {not_destroyed()}
  and r.meeting_id = $1
  and r.agency_id = $2
  and r.agenda_item_id = any ($3)
  and {visible_cases(c)}
order by r.id
for share of m
for update of r

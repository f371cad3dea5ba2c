-- The return of an agency on an item of a case, locked. The meeting is kept as it is.
select r.id, r.status, r.standing, i.status as item_status, m.status as meeting_status, r.due_on, r.answered_on,
  r.exemption, r.version
from research_returns r
join agenda_items i on i.id = r.agenda_item_id
join meetings m on m.id = r.meeting_id
where r.case_id = $1 and r.agenda_item_id = $2 and r.agency_id = $3
for share of m
for update of r

-- Requests still to be answered that are due in these days, the earliest due first.
select r.id, r.marac_id, r.case_id, r.agenda_item_id, r.agency_id, r.due_on, r.answered_on
from research_returns r
join agenda_items i on i.id = r.agenda_item_id
join meetings m on m.id = r.meeting_id
where r.status = 'requested'
  and r.standing = 'open'
  and r.due_on between $1 and $2
  and ($3::date is null or (r.due_on, r.id) > ($3, $4))
  and i.status = 'listed'
  and m.status = 'circulated'
  and {open_to_agency(r)}
order by r.due_on, r.id
limit $5

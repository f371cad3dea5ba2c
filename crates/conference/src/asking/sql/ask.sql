-- Asks agencies about cases of a meeting. Answers what is asked now and was not before.
-- A request that had been withdrawn stands again; its day stays if it was answered.
insert into research_returns as r (
  id, marac_id, case_id, meeting_id, agenda_item_id, agency_id, status, standing, due_on, requested_at)
select n.id, i.marac_id, i.case_id, i.meeting_id, i.id, n.agency_id, 'requested', 'open', $5, $6
from unnest($1::uuid[], $2::uuid[], $3::uuid[]) as n(id, case_id, agency_id)
join agenda_items i on i.meeting_id = $4 and i.case_id = n.case_id
where i.status = 'listed'
  and i.kind <> 'alert_only'
  and {open_to_agency(n)}
on conflict on constraint research_returns_agency_key do update
set standing = 'open',
  due_on = case when r.answered_on is null then excluded.due_on else r.due_on end,
  version = r.version + 1
where r.standing = 'withdrawn'
returning r.id, r.marac_id, r.case_id, r.agenda_item_id, r.agency_id, r.due_on, r.answered_on

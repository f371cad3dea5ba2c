-- The returns on an item of a case: all, or one agency's (`$3`). The own part comes with the returns of `$4` alone.
select r.id, r.meeting_id, r.agenda_item_id, r.agency_id, a.name as agency, r.status, r.standing, r.nothing_known,
  r.due_on, r.requested_at, r.answered_at,
  case when r.agency_id = $4 then r.private end as private,
  r.shareable, r.exemption, r.version
from research_returns r
join agencies a on a.id = r.agency_id
where r.case_id = $1
  and r.agenda_item_id = $2
  and ($3::uuid is null or r.agency_id = $3)
  and (r.standing <> 'withdrawn' or r.answered_on is not null)
order by a.name, a.id

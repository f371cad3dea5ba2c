-- Each agency's returns for a meeting, counted by what became of the requests; `$2` is today.
-- What was withdrawn, and what an agency can no longer answer because the case is closed to it, is not counted.
select r.agency_id, a.name as agency, a.kind,
  count(*) filter (where r.status = 'requested') as requested,
  count(*) filter (where r.status = 'requested' and r.due_on < $2) as overdue,
  count(*) filter (where r.status = 'nothing_known') as nothing_known,
  count(*) filter (where r.status = 'returned') as returned,
  count(*) filter (where r.status = 'late') as late,
  count(*) filter (where r.status = 'late' and r.nothing_known) as late_nothing_known,
  count(*) filter (where r.status = 'exempt') as exempt
from research_returns r
join agencies a on a.id = r.agency_id
where r.meeting_id = $1
  and r.standing <> 'withdrawn'
  and {not_closed(r)}
  and (r.answered_on is not null or {open_to_agency(r)})
group by r.agency_id, a.name, a.kind
order by a.name, r.agency_id

-- The actions of these cases that were agreed at the meeting or are left over from before, the earliest due first.
-- With what was last reported of those that were not done.
select a.id, a.case_id, coalesce(a.meeting_id = $1, false) as agreed_here, a.owner_agency_id, o.name as owner,
  a.category, a.due_on, a.status, a.sealed, e.id as report_id, e.sealed as report
from actions a
join cases c on c.id = a.case_id
join agencies o on o.id = a.owner_agency_id
left join lateral (
  select e.id, e.sealed
  from action_events e
  where e.action_id = a.id and e.kind = 'reported'
  order by e.effective_on desc, e.created_at desc, e.id desc
  limit 1
) e on a.status in ('not_done', 'not_possible_circumstances_changed')
where a.case_id = any ($2)
  and (a.meeting_id = $1 or {left_over(a, $3)})
  and {visible_cases(c)}
order by a.due_on, a.id

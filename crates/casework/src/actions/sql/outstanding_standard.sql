-- The outstanding action that an agency got from this standard entry, as far as it is in the caller's sight, locked.
select a.id
from actions a
where a.case_id = $1
  and a.owner_agency_id = $2
  and a.standard_code = $3
  and {outstanding_action(a)}
  and {visible_actions(a)}
order by a.due_on, a.id
limit 1
for update of a

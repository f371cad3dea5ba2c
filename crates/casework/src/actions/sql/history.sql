-- The history of an action, the steps of the ladder included, oldest first.
select e.*, o.name as owner_agency
from (
  select e.id, e.kind, null::text as step, e.status, e.due_on, e.owner_agency_id, e.effective_on, e.by_user_id,
    e.by_actor_id, e.by_agency_id, e.created_at, e.sealed
  from action_events e
  where e.action_id = $1
  union all
  select s.id, 'escalated', s.step, s.status, s.due_on, s.owner_agency_id, s.taken_on, null, null, null, s.created_at,
    null
  from action_escalations s
  where s.action_id = $1
) e
join agencies o on o.id = e.owner_agency_id
order by e.effective_on, e.created_at, e.id

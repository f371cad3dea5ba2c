-- Begins the history of standard actions that were agreed, and tells their owners' feeds.
with e as (
  insert into action_events (id, marac_id, case_id, action_id, kind, status, due_on, owner_agency_id, effective_on,
    by_user_id, by_actor_id, by_agency_id, created_at)
  select x.event, $5, $6, x.id, 'agreed', 'open', x.due_on, x.owner, $7, $8, $9, $10, $11
  from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::date[]) as x(event, id, owner, due_on)
)
insert into action_changes (action_id, marac_id, case_id, agency_id)
select x.id, $5, $6, x.owner
from unnest($2::uuid[], $3::uuid[]) as x(id, owner)

-- Some outstanding actions of these MARACs for which the day of a step or of a reminder has come, locked.
-- The days of $2 to $6 are the latest due dates that are at each step, those of $7 the latest reminder that is to be
-- repeated. A row changed since by another server is judged again as it is now, and one in another's hands is passed
-- over: each step is taken once.
select a.id, a.marac_id, a.case_id, a.owner_agency_id, a.owner_user_id, a.status, a.due_on, a.escalation,
  a.escalated_on, a.reminded_on
from unnest($1::uuid[], $2::date[], $3::date[], $4::date[], $5::date[], $6::date[], $7::date[])
  as m(id, owner, agency_lead, coordinator, chair, steering_group, reminded)
cross join lateral (
  select a.*
  from actions a
  where a.marac_id = m.id
    and a.status in ('open', 'in_progress')
    and a.due_on <= m.owner
    and (((a.escalated_on is null or a.escalated_on < $8)
        and a.due_on <= case a.escalation
          when 'none' then m.owner
          when 'owner' then m.agency_lead
          when 'agency_lead' then m.coordinator
          when 'coordinator' then m.chair
          when 'chair' then m.steering_group
        end)
      or a.reminded_on <= m.reminded)
  order by a.due_on, a.id
  limit $9
  for update skip locked
) a
limit $9

-- A page of what the audit says of a case, newest first, with the names of who did it.
select e.at, e.id, e.act, e.outcome, e.principal, e.user_id, coalesce(u.name, r.name) as name, e.client_id, e.actor_id,
  e.agency_id, a.name as agency_name, e.subject, e.subject_id, e.fields
from (
  select *
  from audit_events e
  where e.case_id = $1
    and ($2::timestamptz is null or (e.at, e.id) < ($2, $3))
  order by e.at desc, e.id desc
  limit $4
) e
left join users u on u.id = e.user_id
left join registered_actors r on r.id = e.actor_id
left join agencies a on a.id = e.agency_id
order by e.at desc, e.id desc

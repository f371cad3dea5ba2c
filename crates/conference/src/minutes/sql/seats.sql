-- Who sat at the meeting, but for guests, who came for a case.
select t.agency_id, a.name as agency, coalesce(u.name, r.name, t.person_name) as name, t.role, t.presence,
  t.confidentiality_accepted_at is not null as accepted, t.information_sent, t.received_on
from attendances t
join agencies a on a.id = t.agency_id
left join users u on u.id = t.user_id
left join registered_actors r on r.id = t.actor_id
where t.meeting_id = $1 and t.role <> 'guest'
order by a.name, name, t.id

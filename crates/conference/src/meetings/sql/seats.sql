-- The seats of a meeting: those that are recorded, and one for each agency of the MARAC of which nothing is known yet.
-- Of all agencies, or of one (`$3`). An agency that has left the MARAC by `$4` has only the seats that are recorded.
select t.id, a.id as agency_id, a.name as agency, t.user_id, t.actor_id, t.person_name,
  coalesce(u.name, r.name, t.person_name) as user_name,
  coalesce(t.role, 'representative') as role,
  coalesce(t.presence, 'expected') as presence,
  coalesce(t.information_sent, false) as information_sent,
  t.received_on, t.confidentiality_accepted_at, t.confidentiality_version, t.confidentiality_recorded_by,
  array(
    select b.agenda_item_id from attendance_items b
    where b.attendance_id = t.id and b.bound
    order by b.agenda_item_id) as item_ids,
  coalesce(t.version, 0) as version
from marac_agencies m
join agencies a on a.id = m.agency_id
left join attendances t on t.meeting_id = $1 and t.agency_id = m.agency_id
left join users u on u.id = t.user_id
left join registered_actors r on r.id = t.actor_id
where m.marac_id = $2
  and ($3::uuid is null or a.id = $3)
  and (t.id is not null
    or (a.closed_at is null
      and m.suspended_at is null
      and (m.access_ends_at is null or m.access_ends_at > $4)))
order by a.name, a.id, t.created_at, t.id

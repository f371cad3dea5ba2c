-- What was recorded of these items, part by part: entries, seats, conflicts of interest and what was decided.
-- `$2`: whether the reader reads the record; `$3`: whether they are trusted with what is not for the whole MARAC;
-- `$4`: with earlier versions too.
{hearing_entries()}
where e.agenda_item_id = any ($1)
  and $2
  and ($3 or e.sharing = 'marac')
  and ($4 or (e.superseded_by_id is null and not e.struck))
union all
select 'seat', s.id, s.agenda_item_id, s.version,
  json_build_object(
    'attendance_id', t.id, 'agency_id', t.agency_id, 'agency', a.name, 'user_id', t.user_id,
    'name', coalesce(u.name, r.name, t.person_name), 'role', t.role, 'presence', t.presence,
    'bound', s.bound, 'joined_at', s.joined_at, 'left_at', s.left_at)::text,
  null
from attendance_items s
join attendances t on t.id = s.attendance_id
join agencies a on a.id = t.agency_id
left join users u on u.id = t.user_id
left join registered_actors r on r.id = t.actor_id
where s.agenda_item_id = any ($1) and $2
union all
select 'conflict', x.id, o.agenda_item_id, x.version,
  json_build_object(
    'id', o.id, 'user_id', x.user_id, 'actor_id', x.actor_id, 'agency_id', x.agency_id,
    'name', coalesce(u.name, r.name, a.name), 'declared_by', o.declared_by,
    'created_at', o.created_at, 'live', x.ends_at > $now)::text,
  x.reason
from conflicts_of_interest o
join exclusions x on x.id = o.exclusion_id
left join users u on u.id = x.user_id
left join registered_actors r on r.id = x.actor_id
left join agencies a on a.id = x.agency_id
where o.agenda_item_id = any ($1) and $3
union all
select 'item', i.id, i.id, i.version,
  json_build_object('case_id', i.case_id, 'status', i.status)::text,
  case when $2 then i.outcome end
from agenda_items i
where i.id = any ($1)

-- The representatives of a MARAC, of one agency or of all, one of them or all; with their deputies and absences.
select u.id as user_id, u.name, u.agency_id, g.deputy_id,
  (select max(b.until_on) from absences b where b.user_id = u.id and {away(b)}) as away_until,
  u.version
from role_grants g
join users u on u.id = g.user_id
join marac_agencies m on m.marac_id = g.marac_id and m.agency_id = u.agency_id
where g.marac_id = $1
  and g.role = 'representative'
  and g.ends_at > $4
  and u.disabled_at is null
  and ($2::uuid is null or u.agency_id = $2)
  and ($3::uuid is null or u.id = $3)
order by u.agency_id, u.name, u.id

-- Who stands in today for the absent among these people, each in a MARAC.
select distinct g.marac_id, g.user_id, g.deputy_id
from unnest($1::uuid[], $2::uuid[]) as x(marac_id, user_id)
join role_grants g on g.marac_id = x.marac_id and g.user_id = x.user_id
join absences b on b.user_id = g.user_id
where g.role = 'representative'
  and g.deputy_id is not null
  and g.ends_at > $3
  and {away(b)}

-- stood_in_for(user): for whom, and in which MARAC, this account does what is assigned.
-- It is itself everywhere, and those who are away today and have it as their deputy.
(select {user}::uuid, m.id
  from unnest($maracs) as m(id)
  union all
  select g.user_id, g.marac_id
  from role_grants g
  join absences b on b.user_id = g.user_id
  where g.deputy_id = {user}
    and g.role = 'representative'
    and g.ends_at > $now
    and {away(b)})

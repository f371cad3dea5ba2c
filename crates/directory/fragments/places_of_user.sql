-- places_of_user(): the MARACs that an account concerns.
-- Of those of its agency they are the ones where it has or had a role, or else all.
(select u.id, m.marac_id
  from users u
  join marac_agencies m on m.agency_id = u.agency_id
  where exists (select from role_grants g where g.user_id = u.id and g.marac_id = m.marac_id)
    or not exists (select from role_grants g where g.user_id = u.id))

-- places_of_client(): the MARACs that an API client concerns, as those of an account: see `places_of_user`.
(select c.id, m.marac_id
  from api_clients c
  join marac_agencies m on m.agency_id = c.agency_id
  where exists (select from role_grants g where g.client_id = c.id and g.marac_id = m.marac_id)
    or not exists (select from role_grants g where g.client_id = c.id))

-- places_of_actor(): the MARACs that a client's actor concerns, by the roles of the client: see `places_of_user`.
(select r.id, m.marac_id
  from registered_actors r
  join marac_agencies m on m.agency_id = r.agency_id
  where exists (select from role_grants g where g.client_id = r.client_id and g.marac_id = m.marac_id)
    or not exists (select from role_grants g where g.client_id = r.client_id))

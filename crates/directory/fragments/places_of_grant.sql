-- places_of_grant(): the MARAC of a role that waits; of what else waits, those of the client's agency.
(select p.id, p.marac_id
  from pending_grants p
  where p.marac_id is not null
  union all
  select p.id, m.marac_id
  from pending_grants p
  join api_clients c on c.id = p.client_id
  join marac_agencies m on m.agency_id = c.agency_id
  where p.marac_id is null)

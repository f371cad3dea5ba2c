-- The agencies of whom an exclusion names: a person, a registered person, an agency, or an API client.
select u.agency_id as id from users u where u.id = $1
union
select r.agency_id from registered_actors r where r.id = $2
union
select a.id from agencies a where a.id = $3
union
select c.agency_id from api_clients c where c.id = $4

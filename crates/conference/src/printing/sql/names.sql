-- The name of who asks, and of their agency.
select coalesce(r.name, u.name, c.name, a.name) as name, a.name as agency
from agencies a
left join users u on u.id = $2
left join registered_actors r on r.id = $3
left join api_clients c on c.id = $4
where a.id = $1

-- What everybody knows who knows the person of an account: their name, their address, their agency and their MARACs.
select u.name, u.email,
  array[a.name] || array(
    select unnest(array[m.name, m.code])
    from role_grants g
    join maracs m on m.id = g.marac_id
    where g.user_id = u.id) as places
from users u
join agencies a on a.id = u.agency_id
where u.id = $1

-- The roles of these accounts and clients that stand.
select coalesce(user_id, client_id) as holder_id, marac_id, role, nullif(ends_at, 'infinity') as ends_at
from role_grants
where (user_id = any ($1) or client_id = any ($2))
  and ends_at > $3
order by marac_id, role

-- The grants that wait for these accounts and clients, whoever looks; of an account its roles alone.
select {pending_columns()}
from {pending_from()}
where p.outcome is null
  and p.expires_at > $1
  and ((p.kind = 'role' and p.user_id = any ($2)) or p.client_id = any ($3))
order by p.id

-- A page of the grants that wait, in the sight of who looks.
select {pending_columns()}
from {pending_from()}
where {pending_in_sight($1, $2, $3, $4)}
  and p.outcome is null
  and p.expires_at > $5
  and ($6::uuid is null or p.id > $6)
order by p.id
limit $7

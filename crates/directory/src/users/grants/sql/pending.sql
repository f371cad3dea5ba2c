-- One grant, decided or not, in the sight of who looks.
select {pending_columns()}
from {pending_from()}
where {pending_in_sight($1, $2, $3, $4)}
  and p.id = $5

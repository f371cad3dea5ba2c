-- In whose hand an account is in the end: its maker's, that one's maker's, and so on, until somebody who is nobody's.
with recursive h (id, of, n) as (
  select u.id, u.in_hand_of, 1
  from users u
  where u.id = $1
  union all
  select u.id, u.in_hand_of, h.n + 1
  from h
  join users u on u.id = h.of
  where h.n < 100
)
select id
from h
order by n desc
limit 1

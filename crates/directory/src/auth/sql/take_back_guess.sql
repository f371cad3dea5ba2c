-- Takes a guess back from each of its subjects. They are locked in the order in which guesses are counted.
with counted as (
  select g.kind, g.subject
  from guesses g
  join unnest($1::text[], $2::bytea[]) as a(kind, subject) on a.kind = g.kind and a.subject = g.subject
  order by g.kind, g.subject
  for update of g
)
update guesses g
set level = greatest(0, g.level - 1)
from counted c
where g.kind = c.kind and g.subject = c.subject

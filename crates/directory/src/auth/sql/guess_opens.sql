-- When the next guess may be made, if one of its subjects has to wait.
select max(guess_opens_at(g.kind, g.level, g.last_at)) as at
from guesses g
join unnest($1::text[], $2::bytea[]) as a(kind, subject) on a.kind = g.kind and a.subject = g.subject
where guess_opens_at(g.kind, g.level, g.last_at) > $3

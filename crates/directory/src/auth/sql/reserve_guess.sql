-- Counts a guess under each of its subjects that does not have to wait.
insert into guesses as g (kind, subject, level, last_at)
select a.kind, a.subject, 1, $3
from unnest($1::text[], $2::bytea[]) as a(kind, subject)
-- Rows are taken in one order by everybody, so that two guesses never wait for each other.
order by a.kind, a.subject
on conflict (kind, subject) do update
set last_at = greatest(g.last_at, $3), level = guess_level(g.kind, g.level, g.last_at, $3) + 1
where guess_opens_at(g.kind, g.level, g.last_at) <= $3

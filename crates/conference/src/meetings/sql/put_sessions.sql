-- Writes the sessions of a meeting, numbered in this order.
insert into agenda_sessions (meeting_id, number, marac_id, heading, starts_at)
select $1, o.n, $2, o.heading, o.starts_at
from unnest($3::text[], $4::timestamptz[]) with ordinality as o(heading, starts_at, n)

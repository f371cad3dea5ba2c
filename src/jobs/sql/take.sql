-- Takes a job that is due until $3; says when, and nothing if another server was first.
-- The row is locked for a moment only: whoever comes second sees the lease.
insert into jobs as j (name, next_at, taken_at)
values ($1, $3, $2)
on conflict (name) do update
set next_at = excluded.next_at, taken_at = excluded.taken_at
where j.next_at <= $2 or j.next_at > $2 + interval '1 month'
returning j.taken_at

-- Takes the next e-mails that are due, and puts them off until $2 for every other server.
update outbox o
set attempts = o.attempts + 1, next_at = $2
where o.id in (
  select w.id
  from outbox w
  where w.outcome is null and w.handed_at is null and w.next_at <= $1
  order by w.next_at, w.id
  limit $3
  for update skip locked)
returning o.id, o.kind, o.letter, o.sealed, o.master_key_id, o.attempts, o.created_at

-- Ends e-mails that were handed over by a server that is gone, and those that were written before $2; says how.
update outbox o
set outcome = case when o.handed_at is null then 'given_up' else 'in_doubt' end, ended_at = $1, sealed = null
where o.id in (
  select w.id
  from outbox w
  where w.outcome is null and w.next_at <= $1 and (w.handed_at is not null or w.created_at < $2)
  order by w.next_at
  limit 1000
  for update skip locked)
returning o.outcome

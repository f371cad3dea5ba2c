-- What lies beside the chain whose last link is this event: an event without a link before it, one after it that is
-- older than the time $3, and how many are not yet sealed, with the oldest of their times.
select
  (select e.id from audit_events e
   where (e.txid, e.id) <= ($1::xid8, $2)
     and not exists (select from audit_chain c where c.event_id = e.id)
   order by e.txid, e.id limit 1) as slipped_in,
  (select e.id from audit_events e
   where (e.txid, e.id) > ($1::xid8, $2) and e.at < $3
   order by e.txid, e.id limit 1) as astray,
  t.tail, t.oldest
from (
  select count(*) as tail, min(e.at) as oldest
  from audit_events e
  where (e.txid, e.id) > ($1::xid8, $2)
) t

-- Asks the holders of a flag that ends before the case now does to place it for longer; answers their flags.
update flags f
set status = 'asked',
  asked_on = $2,
  due_on = $3,
  expires_on = c.lapses_on,
  version = f.version + 1
from cases c
where f.case_id = $1
  and c.id = f.case_id
  and f.expires_on < c.lapses_on
  and f.status in ('asked', 'placed', 'removal_due')
returning f.id, f.agency_id, f.expires_on

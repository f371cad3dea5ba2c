-- Flags and listings of a case that were to end with the lapse on $2, that is at $3, end with the case's lapse, which
-- has become an earlier one.
with l as (
  select c.lapses_on, (c.lapses_on + 1)::timestamp at time zone m.time_zone as ends_at
  from cases c
  join maracs m on m.id = c.marac_id
  where c.id = $1 and c.lapses_on < $2
), f as (
  update flags f
  set expires_on = l.lapses_on, version = f.version + 1
  from l
  where f.case_id = $1
    and f.expires_on > l.lapses_on
    and f.status in ('asked', 'placed', 'removal_due')
)
update circle g
set ends_at = greatest(g.opens_at, l.ends_at), version = g.version + 1
from l
where g.case_id = $1 and g.basis = 'listing' and g.ends_at = $3

-- Listings of a case that were to end with the lapse on $3, that is at $2, go on to the day on which the case lapses
-- now; also those that have ended by it already, where the case was kept after all ($4).
update circle g
set ends_at = (c.lapses_on + 1)::timestamp at time zone m.time_zone,
  version = g.version + 1
from cases c
join maracs m on m.id = c.marac_id
where c.id = $1
  and g.case_id = c.id
  and g.basis = 'listing'
  and g.ends_at = $2
  and c.lapses_on > $3
  and ($4 or g.ends_at > $5)

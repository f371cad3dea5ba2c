-- The MARAC of a received file that is in one of these MARACs and not closed to the caller.
-- An auditor sees no case, so this asks for less than `visible_cases`: one of these MARACs, received, and not closed to
-- the caller by an exclusion or a restriction.
select c.marac_id
from cases c
where c.id = $1
  and c.marac_id = any ($2)
  and c.received_at is not null
  and c.id <> all ($closed)

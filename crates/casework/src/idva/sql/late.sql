-- Some allocations whose survivor is to be tried and of which nobody was told, and that they have been told. A row that
-- another server has in hand is left to it, and one it has told of since is judged as it is now.
update idva_allocations a
set reminded_at = $1
from (
  select x.id
  from idva_allocations x
  where x.ends_on is null
    and x.contacted_at is null
    and x.reminded_at is null
    and x.contact_due_at <= $1
  order by x.contact_due_at, x.id
  limit $2
  for update skip locked
) l
where a.id = l.id
returning a.id, a.marac_id, a.case_id, a.agency_id, a.user_id

-- A page of the contacts with the survivor of a case, newest first.
select t.id, t.allocation_id, t.agency_id, t.by_user_id, t.purpose, t.channel, t.contact_id, t.marked_safe, t.result,
  t.tried_at, t.meeting_id, t.sealed
from idva_contacts t
where t.case_id = $1
  and ($2::timestamptz is null or (t.tried_at, t.id) < ($2, $3))
order by t.tried_at desc, t.id desc
limit $4

-- Opens cases to the agencies they are listed to; from `$6` on with account and answers.
-- Sight that had ended is open again, and none becomes full later than it would have been.
insert into circle as g (
  id, marac_id, case_id, basis, agency_id, opens_at, full_at, meeting_id, created_by, created_at)
select n.id, $4, n.case_id, 'listing', n.agency_id, $5, coalesce($6::timestamptz, 'infinity'), $7, $8, $5
from unnest($1::uuid[], $2::uuid[], $3::uuid[]) as n(id, case_id, agency_id)
on conflict (case_id, agency_id, meeting_id) where basis = 'listing' do update
set ends_at = 'infinity',
  full_at = least(g.full_at, excluded.full_at),
  version = g.version + 1

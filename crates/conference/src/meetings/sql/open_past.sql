-- Opens the cases of a meeting that was held to the agencies that were there: from its circulation, in full from its
-- start.
insert into circle (id, marac_id, case_id, basis, agency_id, opens_at, full_at, meeting_id, created_at)
select n.id, $4, n.case_id, 'listing', n.agency_id, $5, $6, $7, $5
from unnest($1::uuid[], $2::uuid[], $3::uuid[]) as n(id, case_id, agency_id)
on conflict (case_id, agency_id, meeting_id) where basis = 'listing' do nothing

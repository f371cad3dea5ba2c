-- Tells the owners' feeds of the actions that were chased.
insert into action_changes (action_id, marac_id, case_id, agency_id)
select *
from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[])

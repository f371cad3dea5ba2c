-- Tells the feeds of these agencies, each once, that an action changed.
insert into action_changes (action_id, marac_id, case_id, agency_id)
select $1, $2, $3, g
from (select distinct unnest($4::uuid[]) as g) x

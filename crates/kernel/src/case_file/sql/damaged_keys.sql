-- The keys of files and of meetings that could not be opened, of one MARAC or of all.
select d.id, k.case_id as owner, k.master_key_id, k.wrapped
from data_keys k
join damaged_parts d on d.part = 'data_keys' and d.row_id = k.case_id
where k.wrapped is not null and ($1::uuid is null or d.marac_id = $1)
union all
select d.id, k.meeting_id, k.master_key_id, k.wrapped
from meeting_keys k
join damaged_meeting_parts d on d.part = 'meeting_keys' and d.row_id = k.meeting_id
where k.wrapped is not null and ($1::uuid is null or d.marac_id = $1)

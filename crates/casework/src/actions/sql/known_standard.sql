-- The actions of a case with these standard codes that were agreed for this item, or are outstanding. The outstanding
-- come first.
select id, standard_code as code, owner_agency_id, due_on, status
from actions
where case_id = $1
  and standard_code = any ($3)
  and (agenda_item_id = $2 or status in ('open', 'in_progress'))
order by status in ('open', 'in_progress') desc, id

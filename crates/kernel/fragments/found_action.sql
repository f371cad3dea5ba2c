-- found_action(): the action $1 with the key of its case, if it is in sight.
select a.id, a.case_id, a.marac_id, a.owner_agency_id,
  coalesce({owned_action(a)}, false) as owned,
  exists (select from cases c where c.id = a.case_id and {visible_cases(c)}) as case_visible,
  {key_columns()}
from actions a
{file_key(a.case_id)}
where a.id = $1 and {not_destroyed()} and {visible_actions(a)}

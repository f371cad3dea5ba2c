-- The flags of a case in sight: all of them ($2), or this agency's ($3).
{flag_columns()}
from (
  select a.*
  from (
    {flags_as_actions()}
    where f.case_id = $1
  ) a
  where ($2 or a.owner_agency_id = $3) and {visible_actions(a)}
) a
{flag_joins()}

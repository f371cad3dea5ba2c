-- One flag in sight.
{flag_columns()}
from (
  select a.*
  from (
    {flags_as_actions()}
    where f.id = $1
  ) a
  where {visible_actions(a)} and {own_flag_or_staff(a)}
) a
{flag_joins()}

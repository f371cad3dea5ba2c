-- One flag, which was in sight before its agency answered.
{flag_columns()}
from (
  {flags_as_actions()}
  where f.id = $1
) a
{flag_joins()}

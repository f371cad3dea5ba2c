-- One action that was found in sight.
{action_columns()}
from (select * from actions where id = $1) a
{action_joins()}

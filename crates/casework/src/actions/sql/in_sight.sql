-- Those of these actions that are in sight.
{action_columns()}
from (select a.* from actions a where a.id = any ($1) and {visible_actions(a)}) a
{action_joins()}

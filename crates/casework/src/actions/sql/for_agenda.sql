-- What a meeting takes up before its cases: reports that wait for the chair, and what is due by its day. At most $3 of
-- each, the longest due first.
{action_columns()}
from (
  (
    select a.*
    from (
      select a.*
      from actions a
      where a.marac_id = $1 and {unresolved_action(a)}
      order by a.due_on, a.id
      offset 0
    ) a
    where {visible_actions(a)}
    order by a.due_on, a.id
    limit $3
  )
  union all
  (
    select a.*
    from (
      select a.*
      from actions a
      where a.marac_id = $1 and a.due_on <= $2 and {outstanding_action(a)}
      order by a.due_on, a.id
      offset 0
    ) a
    where {visible_actions(a)}
    order by a.due_on, a.id
    limit $3
  )
) a
{action_joins()}

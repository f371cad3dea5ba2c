-- action_page(scope, status): a page of the actions `a` in sight of this scope ($1) and status, by due date and id.
-- It goes on after $2 and $3, and may be narrowed to what is outstanding and due before $4, to the MARAC $5, and to the
-- status $6. The page is taken before the joins, by an index in its order. `offset 0` keeps the visibility rule out of
-- the choice of that index: together they made a bitmap of all the MARACs' actions and a sort.
{action_columns()}
from (
  select a.*
  from (
    select a.*
    from actions a
    where {scope} and (a.due_on, a.id) > ($2, $3) and {status}
    order by a.due_on, a.id
    offset 0
  ) a
  where ($4::date is null or (a.due_on < $4 and a.status in ('open', 'in_progress')))
    and ($5::uuid is null or a.marac_id = $5)
    and ($6::text is null or a.status = $6)
    and {visible_actions(a)}
  order by a.due_on, a.id
  limit $7
) a
{action_joins()}

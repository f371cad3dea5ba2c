-- flag_page(scope, status): a page of the flags `f` in sight of this scope ($1) and status.
-- It is in the order of the day the answer is due, and goes on after $2 and $3. It may be narrowed to what waits for an
-- answer since before $4, to the MARAC $5, and to the status $6. The page is taken before the joins, by an index in its
-- order, as that of actions is.
{flag_columns()}
from (
  select a.*
  from (
    {flags_as_actions()}
    where {scope} and (f.due_on, f.id) > ($2, $3) and {status}
    order by f.due_on, f.id
    offset 0
  ) a
  where ($4::date is null or (a.due_on < $4 and a.flag_status in ('asked', 'removal_due')))
    and ($5::uuid is null or a.marac_id = $5)
    and ($6::text is null or a.flag_status = $6)
    and {visible_actions(a)}
    and {own_flag_or_staff(a)}
  order by a.due_on, a.id
  limit $7
) a
{flag_joins()}

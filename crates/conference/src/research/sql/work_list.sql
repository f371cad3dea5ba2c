-- What the agency is to answer now, by due date, with the people to look for.
-- The page is taken before the joins, by an index in its order; each `offset 0` keeps what follows out of the choice of
-- that index.
select {asked_lines(r)}
from (
  select r.*
  from (
    select r.*
    from research_returns r
    where r.agency_id = $1
      and (r.due_on, r.id) > ($2, $3)
      and r.status = 'requested'
      and r.standing = 'open'
    order by r.due_on, r.id
    offset 0
  ) r
  where {asked_page(r)}
    and exists (
      select from agenda_items i
      join meetings m on m.id = i.meeting_id
      where i.id = r.agenda_item_id and i.status = 'listed' and m.status = 'circulated'
      offset 0)
    and exists (
      select from cases c
      where c.id = r.case_id and {visible_cases(c)}
      offset 0)
  order by r.due_on, r.id
  limit $6
) r
join cases c on c.id = r.case_id
join meetings m on m.id = r.meeting_id
{file_key(r.case_id)}
{people_of(r.case_id, {family_roles()})}
order by r.due_on, r.id

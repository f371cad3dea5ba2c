-- Everything the agency was asked, but for what was withdrawn before it was answered, by due date, with the people to
-- look for. The page is taken as in the work list.
select {asked_lines(r)}
from (
  select r.*
  from (
    select r.*
    from research_returns r
    where r.agency_id = $1
      and (r.due_on, r.id) > ($2, $3)
    order by r.due_on, r.id
    offset 0
  ) r
  where {asked_page(r)}
    and (r.standing <> 'withdrawn' or r.answered_on is not null)
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

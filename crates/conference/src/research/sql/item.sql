-- Where an item's research belongs, if its case is in sight and its list is the caller's to see, or their agency was
-- asked about it: what an agency returned stays its own.
select i.id, i.case_id,
  exists (
    select from circle g
    where g.case_id = i.case_id
      and g.meeting_id = i.meeting_id
      and g.basis = 'listing'
      and g.full_at <= $now
      and {in_circle(g)})
  and {accepted_statement(i.meeting_id)} as at_meeting
from agenda_items i
join meetings m on m.id = i.meeting_id
join cases c on c.id = i.case_id
where i.id = $1
  and (m.circulated_at is not null or m.marac_id = any ($staff))
  and ({visible_cases(c)}
    or ({not_shut_out(i, case_id)}
      and exists (
        select from research_returns r
        where r.agenda_item_id = i.id and {own_return(r)})))

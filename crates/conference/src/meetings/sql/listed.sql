-- The agencies that the cases of a meeting are listed to, or one item of it (`$2`), in the order of the agenda.
select i.marac_id, i.case_id, l.agency_id, a.name as agency
from agenda_items i
join cases c on c.id = i.case_id
join agenda_listings l on l.agenda_item_id = i.id
join agencies a on a.id = l.agency_id
where i.meeting_id = $1
  and i.status = 'listed'
  and ($2::uuid is null or i.id = $2)
  and {visible_cases(c)}
order by i.position, i.id, a.name, a.id

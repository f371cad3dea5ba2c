-- Where the cases of an agenda sit that the caller sees, in order, without the cases themselves.
select i.id, i.case_id, i.position, i.session, i.kind, i.placed_by_hand, i.has_children, i.status
from agenda_items i
join cases c on c.id = i.case_id
where i.meeting_id = $1 and {visible_cases(c)}
order by i.session, i.position, i.id

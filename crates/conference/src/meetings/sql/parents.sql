-- The meeting and the case of an item, if its case is in sight.
select i.meeting_id, i.case_id
from agenda_items i
join cases c on c.id = i.case_id
where i.id = $1 and {visible_cases(c)}

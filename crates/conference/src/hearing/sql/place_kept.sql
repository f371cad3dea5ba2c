-- Where the caller stands at this item's meeting, if the item's case is in sight. The meeting is kept as it is.
select {hearing_place(i, m)}
from agenda_items i
join meetings m on m.id = i.meeting_id
join cases c on c.id = i.case_id
where i.id = $1 and {visible_cases(c)}
for share of m

-- The cases on a meeting's list, if that is out, which nobody has opened to anybody, with their items.
select i.id, i.case_id
from meetings m
join agenda_items i on i.meeting_id = m.id
where {unopened(m, i)} and m.id = $1
order by i.position, i.id

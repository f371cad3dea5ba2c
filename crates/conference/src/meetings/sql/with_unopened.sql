-- The meetings whose list is out with a case that nobody has opened to anybody, and these cases.
select m.id, i.case_id
from meetings m
join agenda_items i on i.meeting_id = m.id
where {unopened(m, i)}

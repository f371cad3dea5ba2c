-- The items of a meeting whose cases are in sight, with the keys of those, in the order of the agenda.
select i.id, i.case_id, {key_columns()}
from agenda_items i
join cases c on c.id = i.case_id
{file_key(i.case_id)}
where {not_destroyed()}
  and i.meeting_id = $1
  and i.marac_id = $2
  and {visible_cases(c)}
order by i.position, i.id

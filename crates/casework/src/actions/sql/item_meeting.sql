-- The meeting at which this agenda item of the case stands, and its day where it is held.
select m.id, (m.starts_at at time zone m.time_zone)::date as "on"
from agenda_items i
join meetings m on m.id = i.meeting_id
where i.case_id = $1 and i.id = $2

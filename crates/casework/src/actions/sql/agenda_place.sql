-- This place of the case on an agenda, or its latest, with the meeting's day where it is held.
select i.id, m.id as meeting_id, (m.starts_at at time zone m.time_zone)::date as held_on
from agenda_items i
join meetings m on m.id = i.meeting_id
where i.case_id = $1
  and ($2::uuid is null or i.id = $2)
  and i.status in ('listed', 'heard', 'alert_noted')
order by m.starts_at desc, i.id desc
limit 1

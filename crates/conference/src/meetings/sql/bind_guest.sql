-- Binds a seat to these items of the meeting.
insert into attendance_items as s (id, marac_id, case_id, agenda_item_id, attendance_id, bound, created_at)
select n.id, i.marac_id, i.case_id, i.id, $3, true, $5
from unnest($1::uuid[], $2::uuid[]) as n(id, item_id)
join agenda_items i on i.id = n.item_id and i.meeting_id = $4
on conflict on constraint attendance_items_seat_key do update
set bound = true, version = s.version + 1
where not s.bound

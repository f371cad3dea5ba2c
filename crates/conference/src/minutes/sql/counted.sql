-- The meetings of a MARAC held in a period, with the first version of their minutes and how many corrections followed.
-- A correction of nothing but cases that are closed to the caller is not counted.
select m.starts_at, v.due_on, v.issued_at,
  (select count(*) from minutes_versions n
   where n.meeting_id = m.id
     and n.number > 1
     and n.status = 'issued'
     and (n.frame is not null
       or exists (
         select from minutes_parts p
         where p.version_id = n.id and {not_closed(p)}))) as corrections
from meetings m
left join minutes_versions v on v.meeting_id = m.id and v.number = 1
where m.marac_id = $1
  and m.status in ('held', 'minuted')
  -- What was over before the program knew of it is not its to count.
  and m.created_at < m.ended_at
  and m.starts_at >= $2::date::timestamp at time zone m.time_zone
  and m.starts_at < ($3::date + 1)::timestamp at time zone m.time_zone
order by m.starts_at, m.id

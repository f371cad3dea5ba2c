-- The versions of a meeting's minutes with the names of those who took their steps, the oldest first.
-- `$2`: with the one in hand.
select v.id, v.number, v.status, v.due_on, v.frame, a.name as approved_by, v.approved_at, i.name as issued_by,
  v.issued_at, v.version
from minutes_versions v
left join users a on a.id = v.approved_by
left join users i on i.id = v.issued_by
where v.meeting_id = $1 and (v.status = 'issued' or $2)
order by v.number

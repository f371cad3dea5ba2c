-- Adds items that were heard at a held meeting, in this order; alerts were noted.
insert into agenda_items (
  id, marac_id, case_id, meeting_id, referral_id, kind, position, slot_minutes, has_children, status, decided_at,
  created_at)
select n.id, $7, n.case_id, $8, n.referral_id, n.kind, n.position, n.slot, n.has_children,
  case n.kind when 'alert_only' then 'alert_noted' else 'heard' end,
  $9, $10
from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::int[], $6::bool[])
  with ordinality as n(id, case_id, referral_id, kind, slot, has_children, position)

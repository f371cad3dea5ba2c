-- Puts cases on the agenda of a meeting. One that was on it before is listed again under its old id.
insert into agenda_items as i (
  id, marac_id, case_id, meeting_id, referral_id, kind, position, slot_minutes, has_children, late, status, outcome,
  created_at)
select n.id, $9, n.case_id, $10, n.referral_id, n.kind, 0, n.slot, n.has_children, n.late, 'listed', n.outcome, $11
from unnest(
    $1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::smallint[], $6::bool[], $7::bool[], $8::bytea[])
  as n(id, case_id, referral_id, kind, slot, has_children, late, outcome)
on conflict (id) do update
set referral_id = excluded.referral_id,
  kind = excluded.kind,
  slot_minutes = excluded.slot_minutes,
  has_children = excluded.has_children,
  late = excluded.late,
  status = 'listed',
  placed_by_hand = false,
  outcome = excluded.outcome,
  deferred_to_id = null,
  deferred_until = null,
  decided_by = null,
  decided_at = null,
  version = i.version + 1

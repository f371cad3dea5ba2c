-- The item of a case as it decides on itself, with the agencies it is listed to, locked.
select i.id, i.referral_id, i.kind, i.status, i.slot_minutes, i.outcome, i.version,
  array(
    select l.agency_id from agenda_listings l
    where l.agenda_item_id = i.id) as agency_ids
from agenda_items i
where i.case_id = $1 and i.id = $2
for update of i

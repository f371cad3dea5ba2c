-- Writes the order of an agenda that was made by hand.
update agenda_items i
set position = o.n, placed_by_hand = true, version = i.version + 1
from unnest($2::uuid[]) with ordinality as o(id, n)
where i.id = o.id and i.meeting_id = $1

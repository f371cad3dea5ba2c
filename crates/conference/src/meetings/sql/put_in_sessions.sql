-- Writes the order of an agenda, and the session of each item, as they were made by hand.
update agenda_items i
set position = o.n, session = o.session, placed_by_hand = true, version = i.version + 1
from unnest($2::uuid[], $3::smallint[]) with ordinality as o(id, session, n)
where i.id = o.id and i.meeting_id = $1

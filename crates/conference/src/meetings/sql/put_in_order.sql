-- Writes the order of an agenda that was built. Only what moves is touched.
update agenda_items i
set position = o.n, session = o.session, version = i.version + 1
from unnest($2::uuid[], $3::smallint[]) with ordinality as o(case_id, session, n)
where i.meeting_id = $1
  and i.case_id = o.case_id
  and (i.position, i.session) is distinct from (o.n::integer, o.session)

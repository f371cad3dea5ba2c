-- Opens these entries to the asker's agency, for as long as the asker sees the case by what they see it by now. It
-- opens none if that is nothing any more.
insert into entry_openings (entry_id, question_id, marac_id, case_id, agency_id, circle_id, opened_by, created_at)
select x.id, $2, $3, $4, $5, g.id, $9, $8
from unnest($1::uuid[]) as x(id)
cross join (
  select g.id
  from circle g
  where g.case_id = $4
    and (g.agency_id = $5 or g.user_id = $6 or g.actor_id = $7)
    and g.opens_at <= $8
    and g.ends_at > $8
  order by g.ends_at desc, g.id
  limit 1
) g

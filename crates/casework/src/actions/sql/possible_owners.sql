-- The live members that an agenda item is listed to, but for those excluded without an exempt senior.
select g.id, g.kind, e.exempt_user_id
from agenda_listings l
join agencies g on g.id = l.agency_id and g.closed_at is null
join marac_agencies m
  on m.marac_id = l.marac_id
  and m.agency_id = l.agency_id
  and m.suspended_at is null
  and (m.access_ends_at is null or m.access_ends_at > $3)
left join lateral (
  select x.exempt_user_id, true as excluded
  from exclusions x
  where x.case_id = $1 and x.agency_id = l.agency_id and x.ends_at > $3
  order by x.exempt_user_id nulls first
  limit 1
) e on true
where l.case_id = $1
  and l.agenda_item_id = $2
  and (e.excluded is null or e.exempt_user_id is not null)
order by g.name, g.id

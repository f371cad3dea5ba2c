-- The agencies to be told of a version: those that came or sent apologies.
-- Of a correction of cases (not `$3`), those among them that the case was listed to, with the case.
with came as (
  select distinct t.agency_id
  from attendances t
  where t.meeting_id = $1
    and t.presence in ('present', 'apologies')
    and t.role in ('representative', 'deputy')
)
select null::uuid as case_id, t.agency_id
from came t
where $3
union all
select p.case_id, l.agency_id
from minutes_parts p
join cases c on c.id = p.case_id
join agenda_items i on i.meeting_id = $1 and i.case_id = p.case_id
join agenda_listings l on l.agenda_item_id = i.id
join came t on t.agency_id = l.agency_id
where p.version_id = $2
  and not $3
  and {visible_cases(c)}
order by 1, 2

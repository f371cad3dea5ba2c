-- The parts of a meeting's minutes whose cases are in the caller's sight, with their keys, the oldest version first.
-- A seat that was taken gives the part of the minutes as a listing does, and nothing else of the case.
select p.id, p.version_id, v.number, p.case_id, c.code, p.position, p.sealed, {key_columns()},
  coalesce(s.bases, '{}')
    || case when w.came and w.attended then '{listing}'::text[] else '{}' end as bases,
  coalesce(s.full_at, '{}')
    || case when w.came and w.attended then array[$now::timestamptz] else '{}' end as full_at,
  w.attended
from minutes_parts p
join minutes_versions v on v.id = p.version_id
join cases c on c.id = p.case_id
{file_key(p.case_id)}
{standings_of(c)}
cross join lateral (
  select {came_for_part(p, c, $1)} as came,
    (select exists (
        select from attendances t
        where t.meeting_id = $1
          and t.agency_id = $agency
          and t.presence in ('present', 'apologies')
          and t.role in ('representative', 'deputy'))
      and {accepted_statement($1)}) as attended
) w
where {not_destroyed()}
  and p.meeting_id = $1
  and (v.status = 'issued' or $2)
  and ({visible_cases(c)}
    or (v.status = 'issued' and w.came and w.attended))
order by v.number, p.position, c.code

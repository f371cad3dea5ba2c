-- The cases of a meeting that the caller sees, with their keys and parties: heard, deferred or noted there, with
-- actions left over, or lapsed since the meeting before. `$3` is the day of the meeting.
with since as (
  select coalesce(max((m.starts_at at time zone m.time_zone)::date), $3::date - 31) as day
  from meetings m
  where m.marac_id = $2
    and m.status in ('held', 'minuted')
    and m.kind = 'scheduled'
    and m.starts_at < $4
), wanted as (
  select i.case_id
  from agenda_items i
  where i.meeting_id = $1 and i.status in ('heard', 'deferred', 'alert_noted')
  union
  select a.case_id
  from actions a
  where a.marac_id = $2 and {left_over(a, $3)}
  union
  select c.id
  from cases c
  where c.marac_id = $2
    and c.status <> 'joined'
    and c.lapses_on > (select day from since)
    and c.lapses_on <= $3
)
select c.id as case_id,
  {figures_of(c.id)} as risk,
  case when c.lapses_on > (select day from since) and c.lapses_on <= $3 then c.lapses_on end as lapsed_on,
  {key_columns()},
  i.id as item_id, i.kind, i.status,
  coalesce(i.late, false) as late,
  coalesce(i.position, 2147483647) as position,
  d.starts_at as deferred_to,
  coalesce(p.ids, '{}') as party_ids,
  coalesce(p.roles, '{}') as party_roles,
  coalesce(p.identities, '{}') as identities
from wanted w
join cases c on c.id = w.case_id
{file_key(c.id)}
left join agenda_items i
  on i.meeting_id = $1 and i.case_id = c.id and i.status in ('heard', 'deferred', 'alert_noted')
left join meetings d on d.id = i.deferred_to_id
{people_of(c.id, {family_roles()})}
where {not_destroyed()} and {visible_cases(c)}
order by position, c.code

-- A meeting, its MARAC's settings, the kinds of agency that are expected or there, and the cases that lapse before the
-- next meeting.
select {meeting_columns(m)}, r.settings as marac_settings,
  coalesce(q.kinds, '{}') as kinds,
  coalesce(l.ids, '{}') as lapsing_ids,
  coalesce(l.codes, '{}') as lapsing_codes,
  coalesce(l.days, '{}') as lapsing_on
from meetings m
join maracs r on r.id = m.marac_id
left join lateral (
  select array_agg(a.kind order by a.kind) as kinds
  from marac_agencies g
  join agencies a on a.id = g.agency_id
  where g.marac_id = m.marac_id
    and a.closed_at is null
    and g.suspended_at is null
    and (g.access_ends_at is null or g.access_ends_at > $2)
    and case
      when m.started_at is null then
        not exists (
          select from attendances t
          where t.meeting_id = m.id and t.agency_id = a.id)
        or exists (
          select from attendances t
          where t.meeting_id = m.id and t.agency_id = a.id and t.presence in ('expected', 'present'))
      else
        exists (
          select from attendances t
          where t.meeting_id = m.id
            and t.agency_id = a.id
            and t.presence = 'present'
            and t.role in ('representative', 'deputy'))
    end
) q on true
left join lateral (
  select array_agg(c.id) as ids, array_agg(c.code) as codes, array_agg(c.lapses_on) as days
  from (
    -- The day stands by itself: compared with it a row-secured table is read by its index, compared with what it is
    -- made of it is read whole.
    select coalesce(
      (select (n.starts_at at time zone n.time_zone)::date
       from meetings n
       where n.marac_id = m.marac_id
         and n.kind = 'scheduled'
         and n.status <> 'cancelled'
         and n.starts_at > m.starts_at
       order by n.starts_at
       limit 1),
      (m.starts_at at time zone m.time_zone)::date + 28) as day
    offset 0
  ) u
  cross join lateral (
    select c.id, c.code, c.lapses_on
    from cases c
    where c.marac_id = m.marac_id
      and c.lapses_on < u.day
      and m.status in ('planned', 'circulated', 'in_session')
      and c.status in ('heard', 'monitoring')
      and {visible_cases(c)}
    order by c.lapses_on, c.id
    limit 100
  ) c
) l on true
where m.id = $1

-- Whether a case of the meeting was listed or is allocated to the caller's agency, whether the agency came, and whether
-- the caller had account and role when the meeting ended (`$3`).
select
  exists (
    select from agenda_items i
    where i.meeting_id = $1
      and (exists (
          select from agenda_listings l
          where l.agenda_item_id = i.id and l.agency_id = $agency)
        or exists (
          select from circle g
          where g.case_id = i.case_id
            and g.basis = 'allocation'
            and g.agency_id = $agency
            and g.ends_at > $now
            and not g.paused))) as listed,
  exists (
    select from attendances t
    where t.meeting_id = $1
      and t.agency_id = $agency
      and t.presence in ('present', 'apologies')) as represented,
  exists (
    select from users u
    join role_grants g on g.user_id = u.id
    where u.id = $user
      and u.created_at <= $3
      and g.marac_id = $2
      and g.created_at <= $3
      and g.ends_at > $now) as here_then

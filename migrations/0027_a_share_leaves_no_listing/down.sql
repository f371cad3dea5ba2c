create or replace function settle_listings(p_meeting uuid, p_at timestamptz) returns void
language sql security definer set search_path = public as $$
  update circle g set version = g.version + 1, ends_at = case
    when exists (select from actions a where a.case_id = g.case_id
        and a.owner_agency_id = g.agency_id and a.status in ('open', 'in_progress'))
      or exists (select from circle s where s.case_id = g.case_id and s.agency_id = g.agency_id
        and s.basis = 'share' and s.opens_at <= p_at and s.ends_at > p_at)
    then greatest(p_at, (coalesce(c.lapses_on,
      (p_at at time zone m.time_zone + interval '1 year')::date) + 1)::timestamp at time zone m.time_zone)
    else p_at end
  from agenda_items i, cases c, meetings m, meetings l
  where m.id = p_meeting and m.marac_id = any ((select current_setting('toldonce.staff')::uuid[])::uuid[])
    and i.meeting_id = m.id and c.id = i.case_id and g.case_id = i.case_id
    and g.basis = 'listing' and g.ends_at > p_at and l.id = g.meeting_id
    and (l.id = m.id or l.status in ('held', 'minuted'))
$$;

-- What the start and the end of a meeting do to who sees its cases. It holds for every case of the
-- meeting, also those closed to whoever presses the button: an excluded chair must not leave a case
-- open, and must not learn of it. So these run past row-level security, for coordinator and chair of
-- the meeting's MARAC alone.

-- The meeting begins: its listings get the meeting's lens.
create function begin_listings(p_meeting uuid, p_at timestamptz) returns void
language sql security definer set search_path = public as $$
  update circle g set full_at = p_at, version = g.version + 1
  from meetings m
  where m.id = p_meeting and m.marac_id = any ((select current_setting('toldonce.staff')::uuid[])::uuid[])
    and g.meeting_id = m.id and g.basis = 'listing' and g.ends_at > p_at and g.full_at > p_at
$$;

-- The meeting is over: listings of its cases, from this meeting and those held before, end for
-- agencies with neither an outstanding action nor a share, and stay to the end of the day of lapse
-- for the others. A case without such a day keeps them a year.
create function settle_listings(p_meeting uuid, p_at timestamptz) returns void
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

-- The meeting will not take place: nothing stays open because of it.
create function end_listings(p_meeting uuid, p_at timestamptz) returns void
language sql security definer set search_path = public as $$
  update circle g set ends_at = p_at, version = g.version + 1
  from meetings m
  where m.id = p_meeting and m.marac_id = any ((select current_setting('toldonce.staff')::uuid[])::uuid[])
    and g.meeting_id = m.id and g.basis = 'listing' and g.ends_at > p_at
$$;

revoke execute on function begin_listings, settle_listings, end_listings from public;
grant execute on function begin_listings, settle_listings, end_listings to toldonce_app;

-- What the start, a move and the end of a meeting do to who sees its cases, to what agencies are asked for it and
-- to its agenda. They do it in every case of the meeting, also in those closed to whoever presses the button: an
-- excluded chair must not leave a case open, and must not learn of it. So these functions run past row-level
-- security, and do something only for the coordinator and the chair of the meeting's MARAC.

-- The meeting begins: its listings get the meeting's lens.
create or replace function begin_listings(p_meeting uuid, p_at timestamptz) returns void
language sql security definer set search_path = public as $$
  update circle g set full_at = p_at, version = g.version + 1
  from meetings m
  where m.id = p_meeting and m.marac_id = any ((select current_setting('toldonce.staff')::uuid[])::uuid[])
    and g.meeting_id = m.id and g.basis = 'listing' and g.ends_at > p_at and g.full_at > p_at
$$;

-- The meeting is over. Listings of its cases, from this meeting and from those held before, end for every agency
-- without an outstanding action. For the others they stay to the end of the day of lapse. A case without such a
-- day keeps them a year. A share does not prolong a listing: the agency would keep the case when whoever shared
-- it ends the share.
create or replace function settle_listings(p_meeting uuid, p_at timestamptz) returns void
language sql security definer set search_path = public as $$
  update circle g set version = g.version + 1, ends_at = case
    when exists (select from actions a where a.case_id = g.case_id
        and a.owner_agency_id = g.agency_id and a.status in ('open', 'in_progress'))
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
create or replace function end_listings(p_meeting uuid, p_at timestamptz) returns void
language sql security definer set search_path = public as $$
  update circle g set ends_at = p_at, version = g.version + 1
  from meetings m
  where m.id = p_meeting and m.marac_id = any ((select current_setting('toldonce.staff')::uuid[])::uuid[])
    and g.meeting_id = m.id and g.basis = 'listing' and g.ends_at > p_at
$$;

-- The meeting has begun: what is still asked is closed.
create or replace function close_research(p_meeting uuid) returns void
language sql security definer set search_path = public as $$
  update research_returns r set standing = 'closed'
  from meetings m
  where m.id = p_meeting and m.marac_id = any ((select current_setting('toldonce.staff')::uuid[])::uuid[])
    and r.meeting_id = m.id and r.standing = 'open'
$$;

-- The meeting was moved: what is still asked is due by another day.
create or replace function move_research(p_meeting uuid, p_due_on date) returns void
language sql security definer set search_path = public as $$
  update research_returns r set due_on = p_due_on, version = r.version + 1
  from meetings m
  where m.id = p_meeting and m.marac_id = any ((select current_setting('toldonce.staff')::uuid[])::uuid[])
    and r.meeting_id = m.id and r.status = 'requested' and r.standing = 'open' and r.due_on <> p_due_on
$$;

-- The meeting will not take place: nothing is asked for it any more.
create or replace function withdraw_research(p_meeting uuid) returns void
language sql security definer set search_path = public as $$
  update research_returns r set standing = 'withdrawn', version = r.version + 1
  from meetings m
  where m.id = p_meeting and m.marac_id = any ((select current_setting('toldonce.staff')::uuid[])::uuid[])
    and r.meeting_id = m.id and r.standing = 'open'
$$;

-- The meeting will not take place: its cases come off its agenda.
create or replace function withdraw_agenda(p_meeting uuid, p_by uuid, p_at timestamptz) returns void
language sql security definer set search_path = public as $$
  update agenda_items i set status = 'withdrawn', decided_by = p_by, decided_at = p_at,
    version = i.version + 1
  from meetings m
  where m.id = p_meeting and m.marac_id = any ((select current_setting('toldonce.staff')::uuid[])::uuid[])
    and i.meeting_id = m.id and i.status = 'listed'
$$;

revoke execute on function begin_listings, settle_listings, end_listings, close_research, move_research,
  withdraw_research, withdraw_agenda from public;
grant execute on function begin_listings, settle_listings, end_listings, close_research, move_research,
  withdraw_research, withdraw_agenda to toldonce_app;

-- What agencies are asked for a meeting, and its agenda, follow the meeting in every case of it, also in
-- those closed to whoever starts, moves or cancels it: as their listings do (0007). So these run past
-- row-level security, for coordinator and chair of the meeting's MARAC alone.

-- The meeting has begun: what is still asked is closed.
create function close_research(p_meeting uuid) returns void
language sql security definer set search_path = public as $$
  update research_returns r set standing = 'closed'
  from meetings m
  where m.id = p_meeting and m.marac_id = any ((select current_setting('toldonce.staff')::uuid[])::uuid[])
    and r.meeting_id = m.id and r.standing = 'open'
$$;

-- The meeting was moved: what is still asked is due by another day.
create function move_research(p_meeting uuid, p_due_on date) returns void
language sql security definer set search_path = public as $$
  update research_returns r set due_on = p_due_on, version = r.version + 1
  from meetings m
  where m.id = p_meeting and m.marac_id = any ((select current_setting('toldonce.staff')::uuid[])::uuid[])
    and r.meeting_id = m.id and r.status = 'requested' and r.standing = 'open' and r.due_on <> p_due_on
$$;

-- The meeting will not take place: nothing is asked for it any more.
create function withdraw_research(p_meeting uuid) returns void
language sql security definer set search_path = public as $$
  update research_returns r set standing = 'withdrawn', version = r.version + 1
  from meetings m
  where m.id = p_meeting and m.marac_id = any ((select current_setting('toldonce.staff')::uuid[])::uuid[])
    and r.meeting_id = m.id and r.standing = 'open'
$$;

-- The meeting will not take place: its cases come off its agenda.
create function withdraw_agenda(p_meeting uuid, p_by uuid, p_at timestamptz) returns void
language sql security definer set search_path = public as $$
  update agenda_items i set status = 'withdrawn', decided_by = p_by, decided_at = p_at,
    version = i.version + 1
  from meetings m
  where m.id = p_meeting and m.marac_id = any ((select current_setting('toldonce.staff')::uuid[])::uuid[])
    and i.meeting_id = m.id and i.status = 'listed'
$$;

revoke execute on function close_research, move_research, withdraw_research, withdraw_agenda from public;
grant execute on function close_research, move_research, withdraw_research, withdraw_agenda
  to toldonce_app;

-- Mends what was left behind: requests that stayed open for a case that was closed to whoever started or
-- cancelled its meeting, and cases that stayed on the agenda of a meeting that was cancelled.
update research_returns r set standing = 'closed'
from meetings m
where m.id = r.meeting_id and r.standing = 'open' and m.status in ('in_session', 'held', 'minuted');
update research_returns r set standing = 'withdrawn', version = r.version + 1
from meetings m
where m.id = r.meeting_id and r.standing = 'open' and m.status = 'cancelled';
update agenda_items i set status = 'withdrawn', version = i.version + 1
from meetings m
where m.id = i.meeting_id and i.status = 'listed' and m.status = 'cancelled';

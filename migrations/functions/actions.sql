-- A scheduled meeting was held: what was agreed before it and is still not done is carried over once more (R29).
-- This holds for every case, also for those closed to whoever closes the meeting.
create or replace function carry_over(p_meeting uuid) returns void
language sql security definer set search_path = public as $$
  with m as (
    select m.id, m.marac_id, (m.started_at at time zone m.time_zone)::date as held_on from meetings m
    where m.id = p_meeting and m.kind = 'scheduled' and m.status = 'held'
      and m.marac_id = any ((select current_setting('toldonce.staff')::uuid[])::uuid[])
  ), carried as (
    update actions a set carried_over = least(a.carried_over, 32766::smallint) + 1::smallint
    from m where a.marac_id = m.marac_id and a.meeting_id is distinct from m.id
      and a.agreed_on < m.held_on
      and (a.status in ('open', 'in_progress')
        or (not a.resolved and a.status in ('not_done', 'not_possible_circumstances_changed')))
    returning a.id, a.marac_id, a.case_id, a.owner_agency_id, a.status
  )
  insert into action_changes (action_id, marac_id, case_id, agency_id)
  select id, marac_id, case_id, owner_agency_id from carried where status in ('open', 'in_progress')
$$;

revoke execute on function carry_over from public;
grant execute on function carry_over to toldonce_app;

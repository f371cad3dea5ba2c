-- What somebody sees of a case ends with what it was based on. A case that rests is open to its coordinator and
-- its chair alone. Its rows of `circle` stay and are paused. If the case is opened again, they open what they
-- opened before, and nothing more. `src/policy/bases.rs` says of each basis what ends it.

-- The statuses in which a case rests.
create or replace function rests(p_status text) returns boolean language sql immutable
set search_path = public as $$
  select p_status in ('not_accepted', 'lapsed', 'closed', 'transferred_out', 'joined')
$$;

-- With the owner's rights, because whoever closes a case need not see every row of its circle.
create or replace function pause_circle() returns trigger
language plpgsql security definer set search_path = public as $$
begin
  if rests(new.status) is distinct from rests(old.status) then
    update circle set paused = rests(new.status), version = version + 1
    where case_id = new.id and paused is distinct from rests(new.status);
  end if;
  return null;
end $$;
create or replace trigger pause_circle after update of status on cases
  for each row execute function pause_circle();

create or replace function pause_new_row() returns trigger
language plpgsql security definer set search_path = public as $$
begin
  new.paused := coalesce((select rests(c.status) from cases c where c.id = new.case_id), false);
  return new;
end $$;
create or replace trigger pause_new_row before insert or update of case_id on circle
  for each row execute function pause_new_row();

-- Brings what observers and guests see into line with their seats. While the meeting is in session, an
-- observer who has accepted the statement sees its list, and a guest sees the cases they came for. Before and
-- after it they see nothing. This holds for every case of the meeting, also for those closed to whoever changes
-- a seat, who must not learn of them; so it runs past row-level security. Exclusions hold as always.
create or replace function seat_circles(p_meeting uuid, p_at timestamptz) returns void
language sql security definer set search_path = public as $$
  with due as (
    select i.marac_id, i.case_id, t.user_id, t.actor_id, bool_or(t.role = 'guest') as guest
    from meetings m
    join agenda_items i on i.meeting_id = m.id and i.status in ('listed', 'heard', 'alert_noted')
    join attendances t on t.meeting_id = m.id and num_nonnulls(t.user_id, t.actor_id) = 1
    where m.id = p_meeting and m.status = 'in_session'
      and m.marac_id = any ((select current_setting('toldonce.maracs')::uuid[])::uuid[])
      and t.presence in ('expected', 'present')
      and ((t.role = 'observer' and t.confidentiality_accepted_at is not null)
        or (t.role = 'guest' and exists (select from attendance_items b
          where b.attendance_id = t.id and b.agenda_item_id = i.id and b.bound)))
    group by i.marac_id, i.case_id, t.user_id, t.actor_id
  ), over as (
    update circle g set ends_at = p_at, version = g.version + 1
    from meetings m
    where m.id = p_meeting
      and m.marac_id = any ((select current_setting('toldonce.maracs')::uuid[])::uuid[])
      and g.meeting_id = m.id and g.basis = 'attendance' and g.ends_at > p_at
      and not exists (select from due d where d.case_id = g.case_id
        and d.user_id is not distinct from g.user_id and d.actor_id is not distinct from g.actor_id)
  )
  insert into circle as g (id, marac_id, case_id, basis, user_id, actor_id, opens_at, full_at,
    meeting_id, created_at)
  select gen_random_uuid(), d.marac_id, d.case_id, 'attendance', d.user_id, d.actor_id, p_at,
    case when d.guest then p_at else 'infinity' end, p_meeting, p_at from due d
  on conflict (case_id, meeting_id, user_id, actor_id) where basis = 'attendance'
  do update set ends_at = 'infinity', full_at = excluded.full_at, version = g.version + 1
  where g.ends_at <> 'infinity' or (g.full_at = 'infinity') <> (excluded.full_at = 'infinity')
$$;

revoke execute on function rests, pause_circle, pause_new_row, seat_circles from public;
grant execute on function rests, seat_circles to toldonce_app;

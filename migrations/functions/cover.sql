-- What an account still holds, and what becomes of each if it goes to a colleague. It `moves`. It `stays` if the
-- colleague's roles have nothing to do with it, if they are excluded from the case, or if the case is restricted and
-- they are not named. It `ends` if no work is left in it. `shown` is false for what is closed to the caller. The
-- function runs past row-level security, because whoever hands work on need not see it; the program counts the
-- ids it gives and never shows them.
create or replace function duties_of(p_user uuid, p_to uuid) returns table (
  kind text, id uuid, marac_id uuid, case_id uuid, becomes text, shown boolean
) language sql stable security definer set search_path = public as $$
  with t as (select current_setting('toldonce.now')::timestamptz as now), d as (
    select 'action' as kind, a.id, a.marac_id, a.case_id, false as ends
    from actions a
    where a.owner_user_id = p_user and (a.status in ('open', 'in_progress') or (not a.resolved
      and a.status in ('not_done', 'not_possible_circumstances_changed')))
    union all
    select case r.status when 'draft' then 'draft' else 'referral' end, r.id, r.marac_id, r.case_id, false
    from referrals r
    where r.submitted_by = p_user and r.status in ('draft', 'submitted', 'returned')
    union all
    select 'lead', c.id, c.marac_id, c.id,
      c.status in ('not_accepted', 'lapsed', 'closed', 'transferred_out', 'joined')
    from cases c where c.lead_user_id = p_user
    union all
    select 'allocation', i.id, i.marac_id, i.case_id,
      c.status in ('not_accepted', 'lapsed', 'closed', 'transferred_out', 'joined')
    from idva_allocations i join cases c on c.id = i.case_id
    where i.user_id = p_user and i.ends_on is null
    union all
    -- What somebody sees because they sit at a meeting ends with their seat.
    select case when c.opened_at is null then 'file' else 'case' end, g.id, g.marac_id, g.case_id,
      g.basis = 'attendance'
        or c.status in ('not_accepted', 'lapsed', 'closed', 'transferred_out', 'joined')
    from circle g join cases c on c.id = g.case_id
    where g.user_id = p_user and g.ends_at > (select now from t)
    union all
    -- A guest is there for a case of their own knowledge: no colleague stands in for that.
    select 'seat', s.id, s.marac_id, null, s.role = 'guest'
    from attendances s join meetings m on m.id = s.meeting_id
    where s.user_id = p_user and s.presence = 'expected'
      and m.status in ('planned', 'circulated', 'in_session')
  )
  select d.kind, d.id, d.marac_id, d.case_id,
    case
      when d.ends then 'ends'
      when exists (select from role_grants g where g.user_id = p_to and g.marac_id = d.marac_id
          and g.ends_at > (select now from t)
          and (g.role = 'idva' or d.kind <> 'allocation'
            and g.role in ('practitioner', 'representative', 'coordinator', 'chair')))
        and not exists (select from exclusions e where e.case_id = d.case_id
          and e.ends_at > (select now from t)
          and (e.user_id = p_to
            or e.actor_id in (select r.id from registered_actors r where r.user_id = p_to)
            or (e.agency_id = (select u.agency_id from users u where u.id = p_to)
              and e.exempt_user_id is distinct from p_to)))
        and (not exists (select from restrictions r where r.case_id = d.case_id
            and r.ends_at > (select now from t))
          or exists (select from circle n where n.case_id = d.case_id and n.basis = 'named'
            and n.user_id = p_to and n.opens_at <= (select now from t)
            and n.ends_at > (select now from t)))
      then 'moves'
      else 'stays'
    end,
    d.case_id is null or d.case_id <> all (current_setting('toldonce.closed')::uuid[])
  from d
$$;

-- Hands everything an account holds to a colleague of the same agency. Without a colleague, an action stays with
-- its agency, an allocation with its service, a case with its coordinator, and a draft with its account. Sight ends
-- at once and begins for the colleague on the same basis; what a lead hands on is a lead's. Deputyships, absences
-- and roles end. `p_ids` are ids for the rows that are added, one for each duty.
create or replace function hand_over(
  p_user uuid, p_to uuid, p_at timestamptz, p_on date, p_by uuid, p_by_agency uuid, p_ids uuid[]
) returns table (
  kind text, id uuid, marac_id uuid, case_id uuid, becomes text, shown boolean
) language plpgsql security definer set search_path = public as $$
#variable_conflict use_column
begin
  if p_to is not null and not exists (
    select from users a join users b on b.agency_id = a.agency_id
    where a.id = p_user and b.id = p_to and b.id <> a.id and b.disabled_at is null
  ) then
    raise exception 'not a colleague' using errcode = 'insufficient_privilege';
  end if;
  update role_grants set deputy_id = null where deputy_id = p_user;
  update role_grants set ends_at = p_at, deputy_id = null where user_id = p_user and ends_at > p_at;
  update absences set ended_at = p_at where user_id = p_user and ended_at is null;
  return query
  with d as materialized (
    select x.*, (row_number() over ())::integer as n from duties_of(p_user, p_to) x
  ), moved as (
    update actions a set owner_user_id = case d.becomes when 'moves' then p_to end, version = a.version + 1
    from d where d.kind = 'action' and a.id = d.id
    returning a.id, a.marac_id, a.case_id, a.status, a.due_on, a.owner_agency_id
  ), history as (
    insert into action_events (id, marac_id, case_id, action_id, kind, status, due_on, owner_agency_id,
      effective_on, by_user_id, by_agency_id, created_at)
    select p_ids[d.n], a.marac_id, a.case_id, a.id, 'reassigned', a.status, a.due_on, a.owner_agency_id,
      p_on, p_by, p_by_agency, p_at
    from moved a join d on d.kind = 'action' and d.id = a.id
  ), feed as (
    insert into action_changes (action_id, marac_id, case_id, agency_id)
    select a.id, a.marac_id, a.case_id, a.owner_agency_id from moved a
  ), referred as (
    update referrals r set submitted_by = case d.becomes when 'moves' then p_to end, version = r.version + 1
    from d where r.id = d.id and (d.kind = 'referral' or (d.kind = 'draft' and d.becomes = 'moves'))
  ), led as (
    update cases c set lead_user_id = case d.becomes when 'moves' then p_to end, version = c.version + 1
    from d where d.kind = 'lead' and c.id = d.id
  ), allocated as (
    update idva_allocations i set user_id = case d.becomes when 'moves' then p_to end, version = i.version + 1
    from d where d.kind = 'allocation' and i.id = d.id
  ), ended as (
    update circle g set ends_at = p_at, version = g.version + 1
    from d where d.kind in ('case', 'file') and g.id = d.id
  ), opened as (
    insert into circle (id, marac_id, case_id, basis, user_id, opens_at, full_at, ends_at, meeting_id,
      as_lead, created_by, created_at)
    select p_ids[d.n], d.marac_id, d.case_id, coalesce(g.basis, 'named'), p_to, p_at,
      coalesce(g.full_at, 'infinity'), coalesce(g.ends_at, 'infinity'), g.meeting_id,
      coalesce(g.as_lead, d.kind = 'lead'), p_by, p_at
    from d left join circle g on d.kind in ('case', 'file') and g.id = d.id
    where d.becomes = 'moves'
      and (g.id is not null or (d.kind = 'lead' and not exists (
        select from d o where o.kind = 'case' and o.case_id = d.case_id)))
      and not exists (select from circle x where x.case_id = d.case_id and x.user_id = p_to
        and x.basis = coalesce(g.basis, 'named') and x.opens_at <= p_at and x.ends_at > p_at)
  ), seated as (
    update attendances s set version = s.version + 1,
      user_id = case when x.free then p_to else s.user_id end,
      presence = case when x.free then s.presence else 'apologies' end,
      confidentiality_accepted_at = case when x.free then null else s.confidentiality_accepted_at end,
      confidentiality_version = case when x.free then null else s.confidentiality_version end,
      confidentiality_recorded_by = case when x.free then null else s.confidentiality_recorded_by end
    from (select d.id, d.becomes = 'moves' and not exists (select from attendances o
        join attendances mine on mine.id = d.id
        where o.meeting_id = mine.meeting_id and o.agency_id = mine.agency_id and o.user_id = p_to) as free
      from d where d.kind = 'seat') x
    where s.id = x.id
  )
  select d.kind, d.id, d.marac_id, d.case_id, d.becomes, d.shown from d;
end $$;

-- Nothing is given to a closed account, nor to one that is being closed at this moment. Whoever closes an account
-- holds its row; the giver waits here for them, and then looks again.
create or replace function refuse_closed_account() returns trigger
language plpgsql security definer set search_path = public as $$
declare v_user uuid;
begin
  if tg_table_name = 'actions' then v_user := new.owner_user_id;
  elsif tg_table_name = 'cases' then v_user := new.lead_user_id;
  elsif tg_table_name = 'referrals' then v_user := new.submitted_by;
  elsif tg_table_name = 'role_grants' then v_user := new.deputy_id;
  else v_user := new.user_id;
  end if;
  perform from users u where u.id = v_user and u.disabled_at is null for key share;
  if not found then
    raise exception 'this account is closed' using errcode = 'serialization_failure';
  end if;
  return new;
end $$;
create or replace trigger live_holder before insert or update of owner_user_id on actions
  for each row when (new.owner_user_id is not null) execute function refuse_closed_account();
create or replace trigger live_holder before insert or update of lead_user_id on cases
  for each row when (new.lead_user_id is not null) execute function refuse_closed_account();
create or replace trigger live_holder before insert or update of submitted_by on referrals
  for each row when (new.submitted_by is not null) execute function refuse_closed_account();
create or replace trigger live_holder before insert or update of user_id on circle
  for each row when (new.user_id is not null) execute function refuse_closed_account();
create or replace trigger live_holder before insert or update of user_id on attendances
  for each row when (new.user_id is not null) execute function refuse_closed_account();
create or replace trigger live_holder before insert or update of user_id on idva_allocations
  for each row when (new.user_id is not null) execute function refuse_closed_account();
create or replace trigger live_holder before insert or update of deputy_id on role_grants
  for each row when (new.deputy_id is not null) execute function refuse_closed_account();

-- Nothing stays with a closed account: an allocation falls back to the service, which names somebody else.
create or replace function release_allocations() returns trigger
language plpgsql security definer set search_path = public as $$
begin
  update idva_allocations set user_id = null, version = version + 1
  where user_id = new.id and ends_on is null;
  return null;
end $$;
create or replace trigger release_allocations after update of disabled_at on users
  for each row when (new.disabled_at is not null and old.disabled_at is null)
  execute function release_allocations();

revoke execute on function duties_of, hand_over, release_allocations from public;
grant execute on function duties_of, hand_over to toldonce_app;

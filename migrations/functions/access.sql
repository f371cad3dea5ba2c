-- Who is asking. The program calls one of the first two functions at the start of every transaction. They set
-- what row-level security and the owner's functions read.

-- Account, session, agency, agreement and roles as they stand at this moment, and the cases closed to whoever
-- asks. For somebody who is not live every column of the answer is null. Only what row-level security and the
-- owner's functions read becomes a setting; the rest is answered. This runs at every request: its plans are
-- kept, so no condition may need the values of its parameters to find an index.
create or replace function live_actor(
  p_user uuid, p_session uuid, p_client uuid, p_actor_ref text, p_now timestamptz,
  out user_id uuid, out actor_id uuid, out actor_known boolean, out agency_id uuid,
  out administrator boolean, out password_at timestamptz, out rights text[], out marac_ids uuid[],
  out roles text[], out staff uuid[], out idva uuid[], out rep uuid[], out closed uuid[]
) language plpgsql security definer set search_path = public as $$
#variable_conflict use_column
declare
  v_kind text; v_open boolean; v_ref text; v_users uuid[]; v_actors uuid[]; v_set text[];
begin
  actor_known := true;
  if p_client is null then
    select u.id, u.agency_id, u.administrator, s.password_at, a.closed_at is null, '{}'
      into user_id, agency_id, administrator, password_at, v_open, rights
      from users u join sessions s on s.user_id = u.id join agencies a on a.id = u.agency_id
      where u.id = p_user and u.disabled_at is null and s.id = p_session
        and s.revoked_at is null and s.expires_at > p_now;
    if not found then return; end if;
  else
    select c.agency_id, c.rights, a.closed_at is null, false into agency_id, rights, v_open, administrator
      from api_clients c join agencies a on a.id = c.agency_id
      where c.id = p_client and c.disabled_at is null;
    if not found then return; end if;
    select r.id, r.kind, r.user_id, r.partner_ref into actor_id, v_kind, user_id, v_ref
      from registered_actors r left join users u on u.id = r.user_id
      where r.client_id = p_client and r.disabled_at is null
        and (r.user_id is null or u.disabled_at is null)
        and case when p_actor_ref is null then r.kind = 'service' else r.partner_ref = p_actor_ref end;
    actor_known := found;
  end if;

  -- One person, by whichever account or actor an exclusion names them.
  v_actors := array(
    select x.id from actors_of(live_actor.user_id) x(id)
    union all
    select r.id from registered_actors r where v_kind = 'person' and r.agency_id = live_actor.agency_id
      and r.partner_ref = v_ref and r.kind = 'person'
    union all select live_actor.actor_id where live_actor.actor_id is not null);
  v_users := array(select r.user_id from registered_actors r where r.id = any (v_actors) and r.user_id is not null)
    || live_actor.user_id;
  if v_kind = 'service' then
    -- A program that acts for nobody is excluded with anybody of its agency.
    v_users := v_users || array(select u.id from users u where u.agency_id = live_actor.agency_id);
    v_actors := v_actors || array(select r.id from registered_actors r where r.agency_id = live_actor.agency_id);
  end if;

  -- Roles are held by a person or by a program, never by both: one of the two finds nothing.
  select g.marac_ids, g.roles, g.staff, g.idva, g.rep, array(
      select x.case_id from (
        select e.case_id, e.marac_id, e.laid_by from exclusions e
          where e.user_id = any (v_users) and e.ends_at > p_now
        union all
        select e.case_id, e.marac_id, e.laid_by from exclusions e
          where e.actor_id = any (v_actors) and e.ends_at > p_now
        union all
        select e.case_id, e.marac_id, e.laid_by from exclusions e
          where e.client_id = p_client and e.ends_at > p_now
        union all
        select e.case_id, e.marac_id, e.laid_by from exclusions e
          where e.agency_id = live_actor.agency_id and e.ends_at > p_now
          and (live_actor.user_id is null or e.exempt_user_id is distinct from live_actor.user_id)
        union all
        select t.case_id, t.marac_id, t.laid_by from restrictions t
          where t.ends_at > p_now and t.marac_id = any (g.marac_ids)
            and (v_kind is not distinct from 'service' or not exists (
              select from circle c where c.case_id = t.case_id and c.basis = 'named'
                and (c.user_id = live_actor.user_id or c.actor_id = live_actor.actor_id)
                and c.opens_at <= p_now and c.ends_at > p_now))) x
      where x.laid_by is null or x.marac_id = any (g.staff)
        or not spared(x.case_id, live_actor.user_id, live_actor.actor_id))
    into marac_ids, roles, staff, idva, rep, closed
    from (
      select coalesce(array_agg(g.marac_id), '{}') as marac_ids, coalesce(array_agg(g.role), '{}') as roles,
        coalesce(array_agg(g.marac_id) filter (where g.role in ('coordinator', 'chair')), '{}') as staff,
        coalesce(array_agg(g.marac_id) filter (where g.role = 'idva'), '{}') as idva,
        coalesce(array_agg(g.marac_id) filter (where g.role = 'representative'), '{}') as rep
      from (select marac_id, role, ends_at from role_grants where user_id = p_user
            union all
            select marac_id, role, ends_at from role_grants where client_id = p_client) g
      join marac_agencies m on m.marac_id = g.marac_id and m.agency_id = live_actor.agency_id
      where v_open and g.ends_at > p_now and m.suspended_at is null
        and (m.access_ends_at is null or m.access_ends_at > p_now)) g;

  -- One expression, so that it needs no plan.
  v_set := array[
    set_config('toldonce.now', p_now::text, true),
    set_config('toldonce.user', coalesce(user_id::text, ''), true),
    set_config('toldonce.agency', agency_id::text, true),
    set_config('toldonce.maracs', marac_ids::text, true),
    set_config('toldonce.staff', staff::text, true),
    set_config('toldonce.closed', closed::text, true)];
end $$;

-- The program itself, at a command line or in a job: every MARAC is open to it, and no case is closed.
create or replace function load_system(p_now timestamptz) returns void
language plpgsql security definer set search_path = public as $$
begin
  perform
    set_config('toldonce.now', p_now::text, true),
    set_config('toldonce.user', '', true),
    set_config('toldonce.agency', '', true),
    set_config('toldonce.maracs', m.ids, true),
    set_config('toldonce.staff', m.ids, true),
    set_config('toldonce.closed', '{}', true)
  from (select coalesce(array_agg(id), '{}')::text as ids from maracs) m;
end $$;

-- Whether a case is closed to somebody who is not the caller: the rule of `live_actor`, for a person or
-- for a program in its own name.
create or replace function closed_to(
  p_case uuid, p_user uuid, p_client uuid, p_agency uuid, p_now timestamptz
) returns boolean language plpgsql stable security definer set search_path = public
  set plan_cache_mode = force_generic_plan as $$
declare v_spared boolean := false;
begin
  if p_client is not null then
    v_spared := exists (select from registered_actors r where r.client_id = p_client and spared(p_case, null, r.id));
  elsif not has_role_in(p_user, (select marac_id from cases where id = p_case), array['coordinator', 'chair'], p_now) then
    v_spared := spared(p_case, p_user, null);
  end if;
  return exists (
    select from exclusions e where e.case_id = p_case and e.ends_at > p_now
      and not (e.laid_by is not null and v_spared) and (
      e.user_id = p_user
      or (p_user is not null and e.actor_id in (select actors_of(p_user)))
      or (e.agency_id = p_agency and (p_user is null or e.exempt_user_id is distinct from p_user))
      or (p_client is not null and (
        e.client_id = p_client
        or e.user_id in (select u.id from users u where u.agency_id = p_agency)
        or e.actor_id in (select r.id from registered_actors r where r.agency_id = p_agency)))))
  or exists (
    select from restrictions t where t.case_id = p_case and t.ends_at > p_now
      and not (t.laid_by is not null and v_spared)
      and (p_client is not null or not exists (
        select from circle g where g.case_id = p_case and g.basis = 'named' and g.user_id = p_user
          and g.opens_at <= p_now and g.ends_at > p_now)));
end $$;

revoke execute on function live_actor, load_system, closed_to from public;
grant execute on function live_actor, load_system to toldonce_app;

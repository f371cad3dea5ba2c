create or replace function load_actor(
  p_user uuid, p_session uuid, p_client uuid, p_actor_ref text, p_now timestamptz
) returns table (
  user_id uuid, actor_id uuid, actor_known boolean, agency_id uuid,
  administrator boolean, password_at timestamptz, rights text[], marac_ids uuid[], roles text[]
) language plpgsql security definer set search_path = public
  set plan_cache_mode = force_generic_plan as $$
declare
  v_user uuid; v_agency uuid; v_actor uuid; v_kind text; v_known boolean := true;
  v_administrator boolean := false; v_password_at timestamptz; v_rights text[] := '{}';
  v_maracs uuid[]; v_roles text[]; v_closed uuid[];
  v_staff uuid[]; v_idva uuid[]; v_rep uuid[];
begin
  if p_client is null then
    select u.id, u.agency_id, u.administrator, s.password_at
      into v_user, v_agency, v_administrator, v_password_at
      from users u join sessions s on s.user_id = u.id
      where u.id = p_user and u.disabled_at is null and s.id = p_session
        and s.revoked_at is null and s.expires_at > p_now;
    if not found then return; end if;
  else
    select c.agency_id, c.rights into v_agency, v_rights
      from api_clients c where c.id = p_client and c.disabled_at is null;
    if not found then return; end if;
    select r.id, r.kind, r.user_id into v_actor, v_kind, v_user
      from registered_actors r left join users u on u.id = r.user_id
      where r.client_id = p_client and r.disabled_at is null
        and (r.user_id is null or u.disabled_at is null)
        and case when p_actor_ref is null then r.kind = 'service' else r.partner_ref = p_actor_ref end;
    v_known := found;
  end if;

  select coalesce(array_agg(g.marac_id order by g.marac_id, g.role), '{}'),
         coalesce(array_agg(g.role order by g.marac_id, g.role), '{}'),
         coalesce(array_agg(distinct g.marac_id) filter (where g.role in ('coordinator', 'chair')), '{}'),
         coalesce(array_agg(distinct g.marac_id) filter (where g.role = 'idva'), '{}'),
         coalesce(array_agg(distinct g.marac_id) filter (where g.role = 'representative'), '{}')
    into v_maracs, v_roles, v_staff, v_idva, v_rep
    from role_grants g
    join marac_agencies m on m.marac_id = g.marac_id and m.agency_id = v_agency
    join agencies a on a.id = v_agency
    where (g.user_id = p_user or g.client_id = p_client)
      and g.ends_at > p_now and a.closed_at is null and m.suspended_at is null
      and (m.access_ends_at is null or m.access_ends_at > p_now);

  select coalesce(array_agg(distinct x.case_id), '{}') into v_closed from (
    select e.case_id from exclusions e
      where e.ends_at > p_now and (
        e.user_id = v_user
        or e.actor_id = v_actor
        or (e.agency_id = v_agency and (v_user is null or e.exempt_user_id is distinct from v_user)))
    union all
    select e.case_id from exclusions e
      where v_kind = 'service' and e.ends_at > p_now and (
        e.user_id in (select u.id from users u where u.agency_id = v_agency)
        or e.actor_id in (select r.id from registered_actors r where r.agency_id = v_agency))
    union all
    select t.case_id from restrictions t
      where t.ends_at > p_now and t.marac_id = any (v_maracs)
        and (v_kind = 'service' or not exists (
          select from circle g where g.case_id = t.case_id and g.basis = 'named'
            and (g.user_id = v_user or g.actor_id = v_actor) and g.opens_at <= p_now and g.ends_at > p_now))
  ) x;

  perform
    set_config('toldonce.now', p_now::text, true),
    set_config('toldonce.user', coalesce(v_user::text, ''), true),
    set_config('toldonce.actor', coalesce(v_actor::text, ''), true),
    set_config('toldonce.agency', v_agency::text, true),
    set_config('toldonce.maracs', v_maracs::text, true),
    set_config('toldonce.staff', v_staff::text, true),
    set_config('toldonce.idva', v_idva::text, true),
    set_config('toldonce.rep', v_rep::text, true),
    set_config('toldonce.closed', v_closed::text, true);
  return query select v_user, v_actor, v_known, v_agency, v_administrator, v_password_at, v_rights,
    v_maracs, v_roles;
end $$;

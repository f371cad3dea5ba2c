create or replace function load_actor(
  p_user uuid, p_session uuid, p_client uuid, p_actor_ref text, p_now timestamptz
) returns table (
  user_id uuid, actor_id uuid, actor_known boolean, agency_id uuid,
  administrator boolean, password_at timestamptz, rights text[], marac_ids uuid[], roles text[]
) language plpgsql security definer set search_path = public
  set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
declare
  v_user uuid; v_agency uuid; v_actor uuid; v_kind text; v_known boolean := true; v_open boolean;
  v_administrator boolean := false; v_password_at timestamptz; v_rights text[] := '{}';
  v_maracs uuid[]; v_roles text[]; v_staff uuid[]; v_idva uuid[]; v_rep uuid[];
  v_closed uuid[] := '{}'; v_set text[];
begin
  if p_client is null then
    select u.id, u.agency_id, u.administrator, s.password_at, a.closed_at is null
      into v_user, v_agency, v_administrator, v_password_at, v_open
      from users u join sessions s on s.user_id = u.id join agencies a on a.id = u.agency_id
      where u.id = p_user and u.disabled_at is null and s.id = p_session
        and s.revoked_at is null and s.expires_at > p_now;
    if not found then return; end if;
  else
    select c.agency_id, c.rights, a.closed_at is null into v_agency, v_rights, v_open
      from api_clients c join agencies a on a.id = c.agency_id
      where c.id = p_client and c.disabled_at is null;
    if not found then return; end if;
    select r.id, r.kind, r.user_id into v_actor, v_kind, v_user
      from registered_actors r left join users u on u.id = r.user_id
      where r.client_id = p_client and r.disabled_at is null
        and (r.user_id is null or u.disabled_at is null)
        and case when p_actor_ref is null then r.kind = 'service' else r.partner_ref = p_actor_ref end;
    v_known := found;
    v_closed := array(
      select e.case_id from exclusions e where e.actor_id = v_actor and e.ends_at > p_now
      union all
      select e.case_id from exclusions e
        where v_kind = 'service' and e.ends_at > p_now and (
          e.user_id in (select u.id from users u where u.agency_id = v_agency)
          or e.actor_id in (select r.id from registered_actors r where r.agency_id = v_agency)));
  end if;

  -- Roles are held by a person or by a program, never by both: one of the two finds nothing.
  select coalesce(array_agg(g.marac_id), '{}'), coalesce(array_agg(g.role), '{}'),
         coalesce(array_agg(g.marac_id) filter (where g.role in ('coordinator', 'chair')), '{}'),
         coalesce(array_agg(g.marac_id) filter (where g.role = 'idva'), '{}'),
         coalesce(array_agg(g.marac_id) filter (where g.role = 'representative'), '{}')
    into v_maracs, v_roles, v_staff, v_idva, v_rep
    from (select marac_id, role, ends_at from role_grants where user_id = p_user
          union all
          select marac_id, role, ends_at from role_grants where client_id = p_client) g
    join marac_agencies m on m.marac_id = g.marac_id and m.agency_id = v_agency
    where v_open and g.ends_at > p_now and m.suspended_at is null
      and (m.access_ends_at is null or m.access_ends_at > p_now);

  v_closed := v_closed || array(
    select e.case_id from exclusions e where e.user_id = v_user and e.ends_at > p_now
    union all
    select e.case_id from exclusions e where e.agency_id = v_agency and e.ends_at > p_now
      and (v_user is null or e.exempt_user_id is distinct from v_user)
    union all
    select t.case_id from restrictions t
      where t.ends_at > p_now and t.marac_id = any (v_maracs)
        and (v_kind is not distinct from 'service' or not exists (
          select from circle g where g.case_id = t.case_id and g.basis = 'named'
            and (g.user_id = v_user or g.actor_id = v_actor) and g.opens_at <= p_now and g.ends_at > p_now)));

  -- One expression, so that it needs no plan.
  v_set := array[
    set_config('toldonce.now', p_now::text, true),
    set_config('toldonce.user', coalesce(v_user::text, ''), true),
    set_config('toldonce.actor', coalesce(v_actor::text, ''), true),
    set_config('toldonce.agency', v_agency::text, true),
    set_config('toldonce.maracs', v_maracs::text, true),
    set_config('toldonce.staff', v_staff::text, true),
    set_config('toldonce.idva', v_idva::text, true),
    set_config('toldonce.rep', v_rep::text, true),
    set_config('toldonce.closed', v_closed::text, true)];
  user_id := v_user; actor_id := v_actor; actor_known := v_known; agency_id := v_agency;
  administrator := v_administrator; password_at := v_password_at; rights := v_rights;
  marac_ids := v_maracs; roles := v_roles;
  return next;
end $$;

drop function live_actor(uuid, uuid, uuid, text, timestamptz);

create or replace function tell(
  p_now timestamptz, p_by_user uuid, p_by_client uuid,
  p_kinds text[], p_maracs uuid[], p_cases uuid[], p_subjects text[], p_subject_ids uuid[], p_once text,
  p_of integer[], p_to text[], p_ids uuid[], p_roles text[], p_emailed text[]
) returns void language plpgsql security definer set search_path = public
  set plan_cache_mode = force_generic_plan as $$
begin
  with notice as (
    select * from unnest(p_kinds, p_maracs, p_cases, p_subjects, p_subject_ids)
      with ordinality n(kind, marac_id, case_id, subject, subject_id, at)
  ), live as materialized (
    select g.marac_id, g.user_id, g.client_id, g.role, a.id as agency_id
    from role_grants g
    left join users u on u.id = g.user_id and u.disabled_at is null
    left join api_clients c on c.id = g.client_id and c.disabled_at is null
    join agencies a on a.id = coalesce(u.agency_id, c.agency_id) and a.closed_at is null
    join marac_agencies m on m.marac_id = g.marac_id and m.agency_id = a.id
      and m.suspended_at is null and (m.access_ends_at is null or m.access_ends_at > p_now)
    where g.ends_at > p_now and g.marac_id = any (p_maracs)
  ), addressed as (
    -- The lead is a person, or the agency that has the case.
    select n.at, n.marac_id, n.case_id,
      case when t.name <> 'lead' then t.name when l.user_id is not null then 'user' else 'lead_agency' end as name,
      case when t.name = 'lead' then coalesce(l.user_id, c.lead_agency_id) else t.id end as id, t.role
    from unnest(p_of, p_to, p_ids, p_roles) t(at, name, id, role)
    join notice n using (at)
    left join cases c on t.name = 'lead' and c.id = n.case_id
    left join lateral (select live.user_id from live
      where live.marac_id = n.marac_id and live.user_id = c.lead_user_id limit 1) l on true
  ), candidate as (
    select d.at, d.case_id, d.name, d.id, l.user_id, l.client_id, l.agency_id, 0 as rank
    from addressed d join live l on l.marac_id = d.marac_id and l.user_id = d.id
    where d.name = 'user'
    union all
    select d.at, d.case_id, d.name, d.id, l.user_id, l.client_id, l.agency_id, 0
    from addressed d join registered_actors r on r.id = d.id and r.disabled_at is null
    join live l on l.marac_id = d.marac_id and (l.user_id = r.user_id or l.client_id = r.client_id)
    where d.name = 'actor'
    union all
    select d.at, d.case_id, d.name, d.id, l.user_id, l.client_id, l.agency_id, 0
    from addressed d join live l on l.marac_id = d.marac_id and l.role = d.role
    where d.name = 'role' and l.user_id is not null
    union all
    select d.at, d.case_id, d.name, d.id, l.user_id, l.client_id, l.agency_id, r.rank
    from addressed d join live l on l.marac_id = d.marac_id and l.agency_id = d.id
    join (values ('agency', 'representative', 1), ('agency', 'idva', 2), ('agency', 'agency_lead', 3),
        ('lead_agency', 'idva', 1), ('lead_agency', 'representative', 2), ('lead_agency', 'agency_lead', 3),
        ('agency_lead', 'agency_lead', 1)) r(name, role, rank)
      on r.name = d.name and r.role = l.role
    where l.user_id is not null
    union all
    select d.at, d.case_id, d.name, d.id, l.user_id, l.client_id, l.agency_id, 0
    from addressed d join live l on l.marac_id = d.marac_id and l.agency_id = d.id
    where d.name in ('agency', 'lead_agency') and l.client_id is not null
  ), open as (
    select distinct on (c.at, c.name, c.id, c.user_id, c.client_id) c.*
    from candidate c
    where c.case_id is null or not closed_to(c.case_id, c.user_id, c.client_id, c.agency_id, p_now)
    order by c.at, c.name, c.id, c.user_id, c.client_id, c.rank
  ), meant as (
    select o.at, o.user_id, o.client_id, o.rank, min(o.rank) filter (where o.rank > 0)
      over (partition by o.at, o.name, o.id) as best
    from open o
  ), told as (
    insert into notifications (id, marac_id, case_id, user_id, client_id, kind, subject, subject_id,
      once, created_at)
    select uuid_v7(p_now), n.marac_id, n.case_id, r.user_id, r.client_id, n.kind, n.subject, n.subject_id,
      p_once, p_now
    from (select distinct m.at, m.user_id, m.client_id from meant m
      where (m.rank = 0 or m.rank = m.best)
        and m.user_id is distinct from coalesce(p_by_user, '00000000-0000-0000-0000-000000000000'::uuid)
        and m.client_id is distinct from coalesce(p_by_client, '00000000-0000-0000-0000-000000000000'::uuid)) r
    join notice n using (at)
    on conflict do nothing
    returning id, user_id, kind
  )
  insert into outbox (id, user_id, kind, notices, next_at, created_at)
  select uuid_v7(p_now), t.user_id, t.kind, array_agg(t.id order by t.id), p_now, p_now
  from told t
  left join notification_preferences p on p.user_id = t.user_id and p.kind = t.kind
  where t.user_id is not null and coalesce(p.email, t.kind = any (p_emailed))
  group by t.user_id, t.kind;
end $$;

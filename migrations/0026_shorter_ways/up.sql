-- Who is told: as before, in one branch for every kind of addressee instead of five, and asking whether
-- a case is closed to somebody only of cases that are closed to anybody.
create or replace function tell(
  p_now timestamptz, p_by_user uuid, p_by_client uuid,
  p_kinds text[], p_maracs uuid[], p_cases uuid[], p_subjects text[], p_subject_ids uuid[], p_once text,
  p_of integer[], p_to text[], p_ids uuid[], p_roles text[], p_emailed text[]
) returns void language plpgsql security definer set search_path = public as $$
declare
  v_to text[] := p_to;
  v_ids uuid[] := p_ids;
  v_closed uuid[];
begin
  -- The lead is a person with a live role there, or else the agency that has the case.
  if 'lead' = any (p_to) then
    select array_agg(case when t.name <> 'lead' then t.name when g.user_id is not null then 'user'
          else 'lead_agency' end order by t.n),
        array_agg(case when t.name <> 'lead' then t.id else coalesce(g.user_id, c.lead_agency_id) end order by t.n)
      into v_to, v_ids
      from unnest(p_of, p_to, p_ids) with ordinality t(at, name, id, n)
      left join cases c on t.name = 'lead' and c.id = p_cases[t.at]
      left join lateral (
        select g.user_id from role_grants g
        join users u on u.id = g.user_id and u.disabled_at is null
        join agencies a on a.id = u.agency_id and a.closed_at is null
        join marac_agencies m on m.marac_id = g.marac_id and m.agency_id = a.id
          and m.suspended_at is null and (m.access_ends_at is null or m.access_ends_at > p_now)
        where g.user_id = c.lead_user_id and g.marac_id = p_maracs[t.at] and g.ends_at > p_now limit 1) g on true;
  end if;

  v_closed := array(
    select e.case_id from exclusions e where e.case_id = any (p_cases) and e.ends_at > p_now
    union all
    select t.case_id from restrictions t where t.case_id = any (p_cases) and t.ends_at > p_now);

  with addressed as (
    select t.at, t.name, t.id, t.role, p_maracs[t.at] as marac_id, p_cases[t.at] as case_id
    from unnest(p_of, v_to, v_ids, p_roles) t(at, name, id, role)
  ), live as materialized (
    select g.marac_id, g.user_id, g.client_id, g.role, a.id as agency_id
    from role_grants g
    left join users u on u.id = g.user_id and u.disabled_at is null
    left join api_clients c on c.id = g.client_id and c.disabled_at is null
    join agencies a on a.id = coalesce(u.agency_id, c.agency_id) and a.closed_at is null
    join marac_agencies m on m.marac_id = g.marac_id and m.agency_id = a.id
      and m.suspended_at is null and (m.access_ends_at is null or m.access_ends_at > p_now)
    where g.ends_at > p_now and g.marac_id = any (p_maracs)
  ), candidate as (
    -- Of an agency's people those of the first role of these that anybody there has; its programs always.
    select d.at, d.case_id, d.name, d.id, l.user_id, l.client_id, l.agency_id,
      case when d.name in ('user', 'actor', 'role') or l.client_id is not null then 0
        else array_position(case d.name
          when 'agency' then array['representative', 'idva', 'agency_lead']
          when 'lead_agency' then array['idva', 'representative', 'agency_lead']
          when 'agency_lead' then array['agency_lead'] end, l.role) end as rank
    from addressed d join live l on l.marac_id = d.marac_id
      and case d.name
        when 'user' then l.user_id = d.id
        when 'role' then l.role = d.role and l.user_id is not null
        when 'actor' then exists (select from registered_actors r where r.id = d.id and r.disabled_at is null
          and (l.user_id = r.user_id or l.client_id = r.client_id))
        when 'agency_lead' then l.agency_id = d.id and l.user_id is not null
        else l.agency_id = d.id end
  ), meant as (
    select o.at, o.user_id, o.client_id, o.rank, min(o.rank) filter (where o.rank > 0)
      over (partition by o.at, o.name, o.id) as best
    from candidate o
    where o.rank is not null and (o.case_id is null or o.case_id <> all (v_closed)
      or not closed_to(o.case_id, o.user_id, o.client_id, o.agency_id, p_now))
  ), told as (
    insert into notifications (id, marac_id, case_id, user_id, client_id, kind, subject, subject_id,
      once, created_at)
    select uuid_v7(p_now), p_maracs[r.at], p_cases[r.at], r.user_id, r.client_id, p_kinds[r.at],
      p_subjects[r.at], p_subject_ids[r.at], p_once, p_now
    from (select distinct m.at, m.user_id, m.client_id from meant m
      where (m.rank = 0 or m.rank = m.best)
        and m.user_id is distinct from coalesce(p_by_user, '00000000-0000-0000-0000-000000000000'::uuid)
        and m.client_id is distinct from coalesce(p_by_client, '00000000-0000-0000-0000-000000000000'::uuid)) r
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

-- The live actor, whole: what only the caller's statements ask of it is answered, not put into settings
-- and parsed back. Settings are for row-level security and the owner's functions. No row: nobody.
create function live_actor(
  p_user uuid, p_session uuid, p_client uuid, p_actor_ref text, p_now timestamptz,
  out user_id uuid, out actor_id uuid, out actor_known boolean, out agency_id uuid,
  out administrator boolean, out password_at timestamptz, out rights text[], out marac_ids uuid[],
  out roles text[], out staff uuid[], out idva uuid[], out rep uuid[], out closed uuid[]
) language plpgsql security definer set search_path = public as $$
#variable_conflict use_column
declare
  v_kind text; v_open boolean; v_closed uuid[] := '{}'; v_set text[];
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
    select r.id, r.kind, r.user_id into actor_id, v_kind, user_id
      from registered_actors r left join users u on u.id = r.user_id
      where r.client_id = p_client and r.disabled_at is null
        and (r.user_id is null or u.disabled_at is null)
        and case when p_actor_ref is null then r.kind = 'service' else r.partner_ref = p_actor_ref end;
    actor_known := found;
    v_closed := array(
      select e.case_id from exclusions e where e.actor_id = live_actor.actor_id and e.ends_at > p_now
      union all
      select e.case_id from exclusions e
        where v_kind = 'service' and e.ends_at > p_now and (
          e.user_id in (select u.id from users u where u.agency_id = live_actor.agency_id)
          or e.actor_id in (select r.id from registered_actors r where r.agency_id = live_actor.agency_id)));
  end if;

  -- Roles are held by a person or by a program, never by both: one of the two finds nothing.
  select g.marac_ids, g.roles, g.staff, g.idva, g.rep, v_closed || array(
      select e.case_id from exclusions e where e.user_id = live_actor.user_id and e.ends_at > p_now
      union all
      select e.case_id from exclusions e where e.agency_id = live_actor.agency_id and e.ends_at > p_now
        and (live_actor.user_id is null or e.exempt_user_id is distinct from live_actor.user_id)
      union all
      select t.case_id from restrictions t
        where t.ends_at > p_now and t.marac_id = any (g.marac_ids)
          and (v_kind is not distinct from 'service' or not exists (
            select from circle c where c.case_id = t.case_id and c.basis = 'named'
              and (c.user_id = live_actor.user_id or c.actor_id = live_actor.actor_id)
              and c.opens_at <= p_now and c.ends_at > p_now)))
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
    set_config('toldonce.agency', agency_id::text, true),
    set_config('toldonce.maracs', marac_ids::text, true),
    set_config('toldonce.staff', staff::text, true),
    set_config('toldonce.closed', closed::text, true)];
end $$;
revoke execute on function live_actor from public;
grant execute on function live_actor to toldonce_app;

-- For the version before this one, which parses back every setting. The next migration of access drops it.
create or replace function load_actor(
  p_user uuid, p_session uuid, p_client uuid, p_actor_ref text, p_now timestamptz
) returns table (
  user_id uuid, actor_id uuid, actor_known boolean, agency_id uuid,
  administrator boolean, password_at timestamptz, rights text[], marac_ids uuid[], roles text[]
) language plpgsql security definer set search_path = public as $$
declare a record;
begin
  select * into a from live_actor(p_user, p_session, p_client, p_actor_ref, p_now);
  if a.agency_id is null then return; end if;
  perform
    set_config('toldonce.user', coalesce(a.user_id::text, ''), true),
    set_config('toldonce.actor', coalesce(a.actor_id::text, ''), true),
    set_config('toldonce.idva', a.idva::text, true),
    set_config('toldonce.rep', a.rep::text, true);
  return query select a.user_id, a.actor_id, a.actor_known, a.agency_id, a.administrator, a.password_at,
    a.rights, a.marac_ids, a.roles;
end $$;

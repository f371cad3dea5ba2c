-- Two database roles beside the owner: the application's, which owns nothing, bypasses nothing and
-- may only add to the audit; and matching's, which alone looks across MARACs and reads only tokens
-- and what they name. Roles belong to the cluster, so they may stand already.
do $$
declare r text;
begin
  foreach r in array array['toldonce_app', 'toldonce_match'] loop
    begin
      execute format('create role %I nologin', r);
    exception when duplicate_object or unique_violation then null;
    end;
  end loop;
end $$;

grant usage on schema public to toldonce_app, toldonce_match;

grant select, insert, update on
  maracs, agencies, marac_agencies, users, api_clients, registered_actors, role_grants, invitations,
  sessions, refresh_tokens, login_failures, idempotency_keys, persons, cases, data_keys, circle,
  exclusions, restrictions, referrals, referral_counts, parties, party_characteristics,
  party_addresses, party_contacts, party_relationships, risk_assessments, account_entries,
  match_tokens, meetings, agenda_items, agenda_listings, attendances, actions
  to toldonce_app;
grant delete on login_failures, idempotency_keys, agenda_listings, role_grants, match_tokens
  to toldonce_app;
grant select, insert on action_events, action_changes, audit_events, audit_chain, audit_heads
  to toldonce_app;
grant select on installation to toldonce_app;

-- The live principal: account, session, agency, agreement and roles as they stand now, and the
-- cases closed to them. Sets what the visibility rule and row-level security read. No row: not live.
-- Runs at every request: its plans are kept, so no condition may need its values to find an index.
create function load_actor(
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

-- The program itself, at a command line or in a job: every MARAC, nothing closed.
create function load_system(p_now timestamptz) returns void
language plpgsql security definer set search_path = public as $$
begin
  perform
    set_config('toldonce.now', p_now::text, true),
    set_config('toldonce.user', '', true),
    set_config('toldonce.actor', '', true),
    set_config('toldonce.agency', '', true),
    set_config('toldonce.maracs', m.ids, true),
    set_config('toldonce.staff', m.ids, true),
    set_config('toldonce.idva', '{}', true),
    set_config('toldonce.rep', '{}', true),
    set_config('toldonce.closed', '{}', true)
  from (select coalesce(array_agg(id), '{}')::text as ids from maracs) m;
end $$;

-- Row-level security: a coarser second lock that reads no table. Settings are cast within their
-- sub-select, so that it is done once a statement; the cast outside makes the array one value.
do $$
declare t text;
begin
  foreach t in array array['data_keys', 'circle', 'exclusions', 'restrictions', 'referrals',
    'referral_counts', 'parties', 'party_characteristics', 'party_addresses', 'party_contacts',
    'party_relationships', 'risk_assessments', 'account_entries', 'match_tokens', 'agenda_items',
    'agenda_listings', 'actions', 'action_events', 'action_changes'] loop
    execute format('alter table %I enable row level security', t);
    execute format($p$create policy second_lock on %I to toldonce_app using (
      marac_id = any ((select nullif(current_setting('toldonce.maracs', true), '')::uuid[])::uuid[])
      and case_id <> all ((select nullif(current_setting('toldonce.closed', true), '')::uuid[])::uuid[]))$p$, t);
  end loop;
  foreach t in array array['meetings', 'attendances'] loop
    execute format('alter table %I enable row level security', t);
    execute format($p$create policy second_lock on %I to toldonce_app using (
      marac_id = any ((select nullif(current_setting('toldonce.maracs', true), '')::uuid[])::uuid[]))$p$, t);
  end loop;
end $$;

alter table cases enable row level security;
create policy second_lock on cases to toldonce_app using (
  marac_id = any ((select nullif(current_setting('toldonce.maracs', true), '')::uuid[])::uuid[])
  and id <> all ((select nullif(current_setting('toldonce.closed', true), '')::uuid[])::uuid[]));

alter table audit_events enable row level security;
create policy anyone_adds on audit_events for insert to toldonce_app with check (true);
create policy second_lock on audit_events for select to toldonce_app using (
  (marac_id is null
   or marac_id = any ((select nullif(current_setting('toldonce.maracs', true), '')::uuid[])::uuid[]))
  and (case_id is null
   or case_id <> all ((select nullif(current_setting('toldonce.closed', true), '')::uuid[])::uuid[])));

-- Matching: tokens and what they name, across MARACs, for coordinators and chairs.
grant select on match_tokens, cases, restrictions to toldonce_match;
create policy matching on match_tokens for select to toldonce_match using (true);
create policy matching on cases for select to toldonce_match using (true);
create policy matching on restrictions for select to toldonce_match using (true);

-- Other files of the same pair. In the caller's own MARACs by id; elsewhere only which MARAC to ask.
-- PL/pgSQL, because it keeps its plan; an SQL function of another role is planned at every call.
create function pair_matches(p_case uuid) returns table (case_id uuid, marac_id uuid)
language plpgsql stable rows 5 security definer set search_path = public
  set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
begin return query
  select distinct case when m.own then m.case_id end, m.marac_id
  from (
    select o.case_id, o.marac_id,
      o.marac_id = any ((select current_setting('toldonce.staff')::uuid[])::uuid[]) as own
    from match_tokens t
    join match_tokens o on o.token = t.token and o.kind = t.kind and o.case_id <> t.case_id
    join cases c on c.id = o.case_id
    where t.case_id = p_case and t.kind = 'pair'
      and t.marac_id = any ((select current_setting('toldonce.staff')::uuid[])::uuid[])
      and c.received_at is not null and c.status <> 'joined'
      and o.case_id <> all ((select current_setting('toldonce.closed')::uuid[])::uuid[])
  ) m
  where m.own or not exists (
    select from restrictions r where r.case_id = m.case_id
      and r.ends_at > (select current_setting('toldonce.now')::timestamptz));
end $$;
-- The owner may not be a superuser: it must belong to the role, and the role may create, to hand over.
do $$
begin
  execute format('grant toldonce_match to %I', current_user);
exception when others then null;
end $$;
grant create on schema public to toldonce_match;
alter function pair_matches(uuid) owner to toldonce_match;
revoke create on schema public from toldonce_match;

revoke execute on function load_actor, load_system, pair_matches from public;
grant execute on function load_actor, load_system, pair_matches to toldonce_app;

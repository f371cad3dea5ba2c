CREATE COLLATION public.english (provider = icu, locale = 'en-GB');

COMMENT ON COLLATION public.english IS 'The order in which lists show names.';

CREATE FUNCTION public.account_was_made() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public'
    AS $$
begin
  perform inherit_exclusions(maker(), new.id, null, null, new.agency_id, null);
  return null;
end $$;

CREATE FUNCTION public.action_counts(p_as_at date, p_maracs uuid[]) RETURNS TABLE(marac_id uuid, owner_kind text, status text, unresolved boolean, overdue boolean, actions bigint)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'public'
    AS $$
  select l.marac_id, g.kind, l.status,
    l.kind <> 'accepted' and l.status in ('not_done', 'not_possible_circumstances_changed'),
    l.status in ('open', 'in_progress') and l.due_on < p_as_at,
    count(*)
  from (
    select distinct on (e.action_id) e.marac_id, e.owner_agency_id, e.kind, e.status, e.due_on
    from action_events e
    where e.effective_on <= p_as_at
      and e.marac_id = any (p_maracs)
      and e.marac_id = any ((select nullif(current_setting('toldonce.maracs', true), '')::uuid[])::uuid[])
      and e.case_id <> all ((select coalesce(nullif(current_setting('toldonce.closed', true), ''), '{}')::uuid[])::uuid[])
    order by e.action_id, e.effective_on desc, e.created_at desc, e.id desc
  ) l
  join agencies g on g.id = l.owner_agency_id
  group by 1, 2, 3, 4, 5
$$;

CREATE FUNCTION public.action_register(p_today date, p_maracs uuid[]) RETURNS TABLE(marac_id uuid, agency_id uuid, agency text, kind text, outstanding bigint, overdue bigint, longest_overdue_days integer, with_agency_lead bigint, with_coordinator bigint, with_chair bigint, with_steering_group bigint, reminders bigint, carried_over bigint, carried_over_again bigint, unresolved bigint, not_done_in_a_year bigint)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'public'
    AS $$
  select a.marac_id, g.id, g.name, g.kind,
    count(*) filter (where a.due),
    count(*) filter (where a.due and a.due_on < p_today),
    coalesce(max(p_today - a.due_on) filter (where a.due and a.due_on < p_today), 0),
    count(*) filter (where a.due and a.escalation = 'agency_lead'),
    count(*) filter (where a.due and a.escalation = 'coordinator'),
    count(*) filter (where a.due and a.escalation = 'chair'),
    count(*) filter (where a.due and a.escalation = 'steering_group'),
    coalesce(sum(a.reminders) filter (where a.due), 0),
    count(*) filter (where a.due and a.carried_over > 0),
    count(*) filter (where a.due and a.carried_over > 1),
    count(*) filter (where a.unresolved),
    count(*) filter (where a.status = 'not_done')
  from (
    select x.*, x.status in ('open', 'in_progress') as due,
      not x.resolved and x.status in ('not_done', 'not_possible_circumstances_changed') as unresolved
    from actions x
    where x.marac_id = any (p_maracs)
      and x.marac_id = any ((select nullif(current_setting('toldonce.maracs', true), '')::uuid[])::uuid[])
      and x.case_id <> all ((select coalesce(nullif(current_setting('toldonce.closed', true), ''), '{}')::uuid[])::uuid[])
      and (x.status in ('open', 'in_progress')
        or (not x.resolved and x.status in ('not_done', 'not_possible_circumstances_changed'))
        or (x.status = 'not_done' and x.status_at >= p_today - interval '1 year'))
  ) a join agencies g on g.id = a.owner_agency_id
  group by a.marac_id, g.id
$$;

CREATE FUNCTION public.actor_was_made() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public'
    AS $$
begin
  perform inherit_exclusions(maker(), null, new.id, null, new.agency_id, null);
  return null;
end $$;

CREATE FUNCTION public.actors_of(p_user uuid) RETURNS SETOF uuid
    LANGUAGE sql STABLE
    SET search_path TO 'public'
    AS $$
  select r.id from registered_actors r where r.user_id = p_user
  union all
  select o.id from registered_actors r join registered_actors o on o.agency_id = r.agency_id
    and o.partner_ref = r.partner_ref and o.id <> r.id and o.kind = 'person' and r.kind = 'person'
  where r.user_id = p_user
$$;

CREATE FUNCTION public.begin_listings(p_meeting uuid, p_at timestamp with time zone) RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'public'
    AS $$
  update circle g set full_at = p_at, version = g.version + 1
  from meetings m
  where m.id = p_meeting and m.marac_id = any ((select current_setting('toldonce.staff')::uuid[])::uuid[])
    and g.meeting_id = m.id and g.basis = 'listing' and g.ends_at > p_at and g.full_at > p_at
$$;

CREATE FUNCTION public.calendar_of(p_token bytea, p_now timestamp with time zone) RETURNS TABLE(user_id uuid, meeting_id uuid, starts_at timestamp with time zone, minutes integer, cancelled boolean, version integer)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'public'
    AS $$
  select u.id, m.id, m.starts_at, m.capacity * m.minutes_per_case, m.status = 'cancelled', m.version
  from calendar_feeds f
  join users u on u.id = f.user_id and u.disabled_at is null
  join agencies a on a.id = u.agency_id and a.closed_at is null
  left join meetings m on m.starts_at > p_now - interval '1 year' and exists (
    select from role_grants g
    join marac_agencies s on s.marac_id = g.marac_id and s.agency_id = a.id
      and s.suspended_at is null and (s.access_ends_at is null or s.access_ends_at > p_now)
    where g.user_id = u.id and g.marac_id = m.marac_id and g.ends_at > p_now
      and g.role in ('idva', 'representative', 'observer', 'coordinator', 'chair'))
  where f.token_hash = p_token
  order by m.starts_at, m.id
$$;

CREATE FUNCTION public.carry_over(p_meeting uuid) RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'public'
    AS $$
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

CREATE FUNCTION public.client_was_made() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public'
    AS $$
begin
  perform inherit_exclusions(maker(), null, null, new.id, new.agency_id, null);
  return null;
end $$;

CREATE FUNCTION public.close_research(p_meeting uuid) RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'public'
    AS $$
  update research_returns r set standing = 'closed'
  from meetings m
  where m.id = p_meeting and m.marac_id = any ((select current_setting('toldonce.staff')::uuid[])::uuid[])
    and r.meeting_id = m.id and r.standing = 'open'
$$;

CREATE FUNCTION public.closed_to(p_case uuid, p_user uuid, p_client uuid, p_agency uuid, p_now timestamp with time zone) RETURNS boolean
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'public'
    SET plan_cache_mode TO 'force_generic_plan'
    AS $$
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

CREATE FUNCTION public.damage_stands(p_part text, p_field text, p_row uuid, p_digest text) RETURNS boolean
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'public'
    AS $_$
declare
  v_type text;
  v_key text;
  v_stands boolean;
begin
  select a.attname into v_key from pg_index i join pg_attribute a on a.attrelid = i.indrelid and a.attnum = i.indkey[0]
  where i.indrelid = to_regclass(format('public.%I', p_part)) and i.indisprimary and i.indnkeyatts = 1;
  select format_type(a.atttypid, null) into v_type from pg_attribute a
  where a.attrelid = to_regclass(format('public.%I', p_part)) and a.attname = p_field and not a.attisdropped;
  if v_key is null then v_type := 'unknown'; end if;
  if p_part in ('data_keys', 'meeting_keys') then v_type := 'key'; end if;
  case v_type
    when 'key' then
      execute format('select coalesce((select k.%I is not null and encode(sha256(k.%I), ''hex'') = $2 from %I k '
          'where k.%I = $1), $2 = encode(sha256(''''), ''hex''))', p_field, p_field, p_part, v_key)
        into v_stands using p_row, p_digest;
    when 'bytea' then
      execute format('select exists (select from %I where %I = $1 and encode(sha256(%I), ''hex'') = $2)', p_part, v_key, p_field)
        into v_stands using p_row, p_digest;
    when 'date' then
      execute format('select exists (select from %I where %I = $1 and %I in (date ''1880-01-01'', date ''2199-12-31''))',
          p_part, v_key, p_field)
        into v_stands using p_row;
    when 'timestamp with time zone' then
      execute format('select exists (select from %I where %I = $1 and %I in (timestamptz ''1880-01-01 00:00Z'', '
          'timestamptz ''2199-12-31 00:00Z''))', p_part, v_key, p_field)
        into v_stands using p_row;
    else
      -- Where it is cannot be said: better shown than hidden.
      v_stands := true;
  end case;
  return v_stands;
end $_$;

CREATE FUNCTION public.duties_of(p_user uuid, p_to uuid) RETURNS TABLE(kind text, id uuid, marac_id uuid, case_id uuid, becomes text, shown boolean)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'public'
    AS $$
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

CREATE FUNCTION public.end_listings(p_meeting uuid, p_at timestamp with time zone) RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'public'
    AS $$
  update circle g set ends_at = p_at, version = g.version + 1
  from meetings m
  where m.id = p_meeting and m.marac_id = any ((select current_setting('toldonce.staff')::uuid[])::uuid[])
    and g.meeting_id = m.id and g.basis = 'listing' and g.ends_at > p_at
$$;

CREATE FUNCTION public.excludes_user(p_case uuid, p_user uuid, p_agency uuid, p_now timestamp with time zone) RETURNS boolean
    LANGUAGE sql STABLE
    SET search_path TO 'public'
    AS $$
  select exists (select from exclusions e where e.case_id = p_case and e.ends_at > p_now and (
    e.user_id = p_user or e.actor_id in (select actors_of(p_user))
    or (e.agency_id = p_agency and e.exempt_user_id is distinct from p_user)))
$$;

CREATE FUNCTION public.exclusion_was_ended() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public'
    AS $$
begin
  with ended as (
    update exclusions d set ends_at = new.ends_at, lifted_by = new.lifted_by, version = d.version + 1
    where d.origin_id = new.id and d.ends_at > new.ends_at
    returning d.case_id, d.user_id, d.actor_id, d.agency_id, d.client_id
  )
  insert into action_changes (action_id, marac_id, case_id, agency_id, announced)
  select a.id, a.marac_id, a.case_id, a.owner_agency_id, true from actions a
  where (a.case_id, a.owner_agency_id) in (select l.case_id, coalesce(l.agency_id, u.agency_id, r.agency_id, k.agency_id)
    from ended l left join users u on u.id = l.user_id left join registered_actors r on r.id = l.actor_id
    left join api_clients k on k.id = l.client_id);
  return null;
end $$;

CREATE FUNCTION public.exclusion_was_made() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public'
    AS $$
begin
  perform lay_on_joined(new.id);
  return null;
end $$;

CREATE FUNCTION public.exclusion_was_set() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public'
    AS $$
declare v_files uuid[]; v_by text[]; v_here uuid[];
begin
  perform follow_alone();
  select array_agg(f.case_id), array_agg(f.laid_by), array_agg(new.case_id) into v_files, v_by, v_here
    from files_of_same_people(new.case_id) f;
  perform lay_exclusions(v_here, v_files, v_by);
  return null;
end $$;

CREATE FUNCTION public.files_of_same_people(p_case uuid) RETURNS TABLE(case_id uuid, laid_by text)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'public'
    AS $$
  select distinct on (m.case_id) m.case_id, m.laid_by from (
    select o.case_id, case o.kind when 'pair' then 'same_pair' when 'pair_born' then 'same_dates'
        when 'place' then 'same_place' when 'place_sound' then 'same_place' when 'door' then 'same_place'
        when 'phone' then 'same_phone' when 'pair_names' then 'similar_names'
        when 'family_born' then 'similar_names' when 'given_born' then 'similar_names'
        when 'sound' then 'similar_names' else 'same_person' end as laid_by
      from match_tokens t
      join match_tokens o on o.token = t.token and o.kind = t.kind and o.case_id <> t.case_id
      where t.case_id = p_case
    union all
    select q.case_id, 'linked' from parties p
      join parties q on q.person_id = p.person_id and q.case_id <> p.case_id
      where p.case_id = p_case) m
  order by m.case_id, how_sure(m.laid_by)
$$;

CREATE FUNCTION public.flag_register(p_today date, p_maracs uuid[]) RETURNS TABLE(marac_id uuid, agency_id uuid, agency text, kind text, asked bigint, asked_overdue bigint, placed bigint, not_placed bigint, removal_due bigint, removal_overdue bigint, removed bigint)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'public'
    AS $$
  select f.marac_id, g.id, g.name, g.kind,
    count(*) filter (where f.status = 'asked'),
    count(*) filter (where f.status = 'asked' and f.due_on < p_today),
    count(*) filter (where f.status = 'placed'),
    count(*) filter (where f.status = 'not_placed'),
    count(*) filter (where f.status = 'removal_due'),
    count(*) filter (where f.status = 'removal_due' and f.due_on < p_today),
    count(*) filter (where f.status = 'removed')
  from flags f join agencies g on g.id = f.agency_id
  where f.marac_id = any (p_maracs)
    and f.marac_id = any ((select nullif(current_setting('toldonce.maracs', true), '')::uuid[])::uuid[])
    and f.case_id <> all ((select coalesce(nullif(current_setting('toldonce.closed', true), ''), '{}')::uuid[])::uuid[])
  group by f.marac_id, g.id
$$;

CREATE FUNCTION public.follow_alone() RETURNS void
    LANGUAGE sql
    SET search_path TO 'public'
    AS $$
  select pg_advisory_xact_lock(4217403826)
$$;

CREATE FUNCTION public.follow_people(p_case uuid) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'public'
    AS $$
declare v_files uuid[]; v_by text[]; v_here uuid[];
begin
  if something_is_set(p_case) then
    perform follow_alone();
  else
    perform follow_together();
    if something_is_set(p_case) then
      raise exception 'this file was changed at the same moment' using errcode = 'serialization_failure';
    end if;
  end if;
  select array_agg(f.case_id), array_agg(f.laid_by), array_agg(p_case) into v_files, v_by, v_here
    from files_of_same_people(p_case) f;
  if v_files is null then return; end if;
  -- Exclusions first: who is excluded is not named by a restriction.
  perform lay_exclusions(v_files || v_here, v_here || v_files, v_by || v_by);
  perform lay_restrictions(v_files || v_here, v_here || v_files, v_by || v_by);
end $$;

CREATE FUNCTION public.follow_together() RETURNS void
    LANGUAGE sql
    SET search_path TO 'public'
    AS $$
  select pg_advisory_xact_lock_shared(4217403826)
$$;

CREATE FUNCTION public.forget_opened_keys(p_ids uuid[]) RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'public'
    AS $$
  delete from damaged_parts where id = any (p_ids) and part = 'data_keys';
  delete from damaged_meeting_parts where id = any (p_ids) and part = 'meeting_keys'
$$;

CREATE FUNCTION public.give_back(p_file uuid, p_case uuid) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public'
    AS $$
begin
  if not exists (select from cases f where f.id = p_file
      and f.marac_id = any ((select current_setting('toldonce.staff')::uuid[])::uuid[])) then
    raise exception 'not of this MARAC' using errcode = 'insufficient_privilege';
  end if;
  perform follow_alone();
  -- What was laid on the file from itself is laid on the case, unless that one has it.
  update exclusions e set case_id = p_case from exclusions r
    where e.case_id = p_file and e.lifted_by is null and r.id = e.root_id and r.case_id = p_file
      and r.referral_id is not null and (e.user_id, e.actor_id, e.agency_id, e.client_id)
        is not distinct from (r.user_id, r.actor_id, r.agency_id, r.client_id)
      and not exists (select from exclusions k where k.case_id = p_case and k.root_id = r.id and k.lifted_by is null
        and (k.user_id, k.actor_id, k.agency_id, k.client_id)
          is not distinct from (e.user_id, e.actor_id, e.agency_id, e.client_id));
  -- What holds on the file hangs on nothing that may be lifted on the case alone.
  update exclusions e set origin_id = r.id from exclusions r
    where e.case_id = p_file and r.id = e.root_id and r.case_id = p_file and r.referral_id is not null;
  -- Nobody is named on the file by what was laid there from the case.
  update circle g set ends_at = moment(), version = g.version + 1 from restrictions t, restrictions r
    where g.case_id = p_file and g.restriction_id = t.id and g.ends_at > moment() and t.case_id = p_file
      and r.id = t.origin_id and r.case_id = p_file;
  update restrictions t set case_id = p_case from restrictions r
    where t.case_id = p_file and r.id = t.origin_id and r.case_id = p_file and r.referral_id is not null
      and not exists (select from restrictions k where k.case_id = p_case and k.origin_id = r.id and k.ends_at > moment());
  update exclusions set referral_id = null where case_id = p_file and referral_id is not null;
  update restrictions set referral_id = null where case_id = p_file and referral_id is not null;
  -- Those named on the case are named there by what is laid, where nothing that was set there restricts it.
  if not exists (select from restrictions t where t.case_id = p_case and t.origin_id is null and t.ends_at > moment()) then
    update circle g set restriction_id = t.id
      from (select k.id from restrictions k where k.case_id = p_case and k.ends_at > moment()
        order by k.created_at, k.id limit 1) t
      where g.case_id = p_case and g.basis = 'named' and not g.as_lead and g.restriction_id is null and g.ends_at > moment();
  end if;
end $$;

CREATE FUNCTION public.grant_was_confirmed() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public'
    AS $$
declare v_agency uuid;
begin
  select coalesce((select agency_id from users where id = new.user_id),
    (select agency_id from api_clients where id = new.client_id)) into v_agency;
  case new.kind
    when 'link' then perform inherit_exclusions(new.asked_by, null, new.actor_id, null, v_agency, null);
    when 'rights' then perform inherit_exclusions(new.asked_by, null, null, new.client_id, v_agency, null);
    else perform inherit_exclusions(new.asked_by, new.user_id, null, new.client_id, v_agency, new.marac_id);
  end case;
  return null;
end $$;

CREATE FUNCTION public.guess_level(p_kind text, p_level double precision, p_last_at timestamp with time zone, p_now timestamp with time zone) RETURNS double precision
    LANGUAGE sql IMMUTABLE
    SET search_path TO 'public'
    AS $$
  select greatest(0, p_level - l.forgotten
    * extract(epoch from greatest(p_now - p_last_at, interval '0'))::double precision / 3600)
  from guess_limit(p_kind) l
$$;

CREATE FUNCTION public.guess_limit(p_kind text, OUT free integer, OUT forgotten double precision) RETURNS record
    LANGUAGE sql IMMUTABLE
    SET search_path TO 'public'
    AS $$
  select l.free, l.forgotten from (values
    ('account_network', 5, 0.25),  -- one account, from one network
    ('account', 20, 2),            -- one account, from networks that are new to it
    ('network', 30, 10),           -- one network, for accounts that are new to it
    ('known_network', 100, 20),    -- one network, for accounts that signed in from it before
    ('password', 30, 1),           -- one password, from networks that are new to the account
    ('secret', 100, 60)            -- refresh tokens, links and client secrets, from one network
  ) as l(kind, free, forgotten) where l.kind = p_kind
$$;

CREATE FUNCTION public.guess_opens_at(p_kind text, p_level double precision, p_last_at timestamp with time zone) RETURNS timestamp with time zone
    LANGUAGE sql IMMUTABLE
    SET search_path TO 'public'
    AS $$
  select case when ceil(p_level) < l.free then timestamptz '-infinity'
    else p_last_at + least(interval '1 hour',
      interval '30 seconds' * power(2, least(ceil(p_level) - l.free, 7))) end
  from guess_limit(p_kind) l
$$;

CREATE FUNCTION public.hand_over(p_user uuid, p_to uuid, p_at timestamp with time zone, p_on date, p_by uuid, p_by_agency uuid, p_ids uuid[]) RETURNS TABLE(kind text, id uuid, marac_id uuid, case_id uuid, becomes text, shown boolean)
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public'
    AS $$
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

CREATE FUNCTION public.has_role_in(p_user uuid, p_marac uuid, p_roles text[], p_now timestamp with time zone) RETURNS boolean
    LANGUAGE sql STABLE
    SET search_path TO 'public'
    AS $$
  select exists (select from role_grants g
    join users u on u.id = g.user_id and u.disabled_at is null
    join agencies a on a.id = u.agency_id and a.closed_at is null
    join marac_agencies m on m.marac_id = g.marac_id and m.agency_id = a.id and m.suspended_at is null
      and (m.access_ends_at is null or m.access_ends_at > p_now)
    where g.user_id = p_user and g.marac_id = p_marac and g.ends_at > p_now and g.role = any (p_roles))
$$;

CREATE FUNCTION public.hold_on_both(p_one uuid, p_other uuid) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'public'
    AS $$
begin
  perform follow_alone();
  insert into exclusions (id, marac_id, case_id, user_id, actor_id, agency_id, client_id, exempt_user_id,
    ends_at, created_at, origin_id, root_id, laid_by)
  select gen_random_uuid(), c.marac_id, c.id, e.user_id, e.actor_id, e.agency_id, e.client_id,
    e.exempt_user_id, e.ends_at, moment(), e.id, coalesce(e.root_id, e.id), 'joined'
  from (values (p_one, p_other), (p_other, p_one)) l(source, target)
  join cases c on c.id = l.target
  join exclusions e on e.case_id = l.source and e.ends_at > moment()
  where not exists (select from exclusions k where k.case_id = l.target and k.ends_at > moment()
    and coalesce(k.root_id, k.id) = coalesce(e.root_id, e.id)
    and (k.user_id, k.actor_id, k.agency_id, k.client_id)
      is not distinct from (e.user_id, e.actor_id, e.agency_id, e.client_id))
  on conflict do nothing;
  perform lay_restrictions(array_agg(o.case_id), array_agg(l.target), array_agg('joined'::text))
  from (values (p_one, p_other), (p_other, p_one)) l(source, target)
  join restrictions k on k.case_id = l.source and k.ends_at > moment()
  join restrictions o on o.id = coalesce(k.origin_id, k.id) and o.case_id <> l.target;
end $$;

CREATE FUNCTION public.how_sure(p_by text) RETURNS integer
    LANGUAGE sql IMMUTABLE
    SET search_path TO 'public'
    AS $$
  select array_position(array['joined', 'linked', 'same_pair', 'same_person', 'same_dates', 'similar_names',
    'same_place', 'same_phone', 'maker'], p_by)
$$;

CREATE FUNCTION public.inherit_exclusions(p_by uuid, p_user uuid, p_actor uuid, p_client uuid, p_agency uuid, p_marac uuid) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'public'
    AS $$
declare v_agency uuid;
begin
  if p_by is null or p_by = p_user then return; end if;
  select agency_id into v_agency from users where id = p_by;
  for turn in 1..2 loop
    if not exists (select from exclusions e where e.ends_at > moment() and (e.user_id = p_by
        or e.actor_id in (select actors_of(p_by))
        or (e.agency_id = v_agency and e.exempt_user_id is distinct from p_by))) then return; end if;
    if turn = 1 then perform follow_alone(); end if;
  end loop;
  insert into exclusions (id, marac_id, case_id, user_id, actor_id, client_id, ends_at, created_at,
    origin_id, root_id, laid_by)
  select gen_random_uuid(), e.marac_id, e.case_id, p_user, p_actor, p_client, e.ends_at, moment(),
    e.id, coalesce(e.root_id, e.id), 'maker'
  from exclusions e
  where e.ends_at > moment() and (p_marac is null or e.marac_id = p_marac)
    and (e.user_id = p_by or e.actor_id in (select actors_of(p_by))
      or (e.agency_id = v_agency and e.exempt_user_id is distinct from p_by and p_agency <> v_agency))
    and not exists (select from exclusions k where k.case_id = e.case_id and k.ends_at > moment()
      and coalesce(k.root_id, k.id) = coalesce(e.root_id, e.id)
      and (k.user_id, k.actor_id, k.client_id) is not distinct from (p_user, p_actor, p_client))
  order by e.created_at, e.id
  on conflict do nothing;
end $$;

CREATE FUNCTION public.join_file(p_file uuid, p_case uuid) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public'
    AS $$
begin
  if not exists (select from cases f join cases c on c.marac_id = f.marac_id where f.id = p_file and c.id = p_case
      and f.marac_id = any ((select current_setting('toldonce.staff')::uuid[])::uuid[])) then
    raise exception 'not of this MARAC' using errcode = 'insufficient_privilege';
  end if;
  perform follow_alone();
  -- What was laid or inherited from an exclusion that went to the case goes with it.
  update exclusions e set case_id = p_case from exclusions r
    where e.case_id = p_file and r.id = e.root_id and r.case_id = p_case
      and not exists (select from exclusions k where k.case_id = p_case and k.root_id = e.root_id
        and (k.user_id, k.actor_id, k.agency_id, k.client_id)
          is not distinct from (e.user_id, e.actor_id, e.agency_id, e.client_id));
  -- A restriction that came with the file names, on the case, those of its people who decide there or see
  -- the case already. Those it names stay named on the file, for when it is taken out again.
  insert into circle (id, marac_id, case_id, basis, user_id, opens_at, created_at)
    select distinct on (g.user_id) gen_random_uuid(), g.marac_id, p_case, 'named', g.user_id, moment(), moment()
    from circle g join users u on u.id = g.user_id
    where g.case_id = p_file and g.basis = 'named' and g.ends_at > moment()
      and exists (select from restrictions t where t.case_id = p_case and t.ends_at > moment())
      and not exists (select from cases c where c.id = p_case and c.restricted)
      and (has_role_in(g.user_id, g.marac_id, array['coordinator', 'chair'], moment())
        or exists (select from circle s where s.case_id = p_case and s.user_id = g.user_id
          and s.opens_at <= moment() and s.ends_at > moment()))
      and not excludes_user(p_case, u.id, u.agency_id, moment())
      and not exists (select from circle x where x.case_id = p_case and x.basis = 'named'
        and x.user_id = g.user_id and x.opens_at <= moment() and x.ends_at > moment());
  perform hold_on_both(p_file, p_case);
  update circle set ends_at = moment(), version = version + 1
    where case_id = p_file and basis <> 'named' and ends_at > moment();
  insert into match_tokens as t (marac_id, case_id, kind, token, version)
    select marac_id, p_case, kind, token, version from match_tokens where case_id = p_file
    on conflict (case_id, kind, token) do update set version = excluded.version
      where t.version < excluded.version;
  delete from match_tokens where case_id = p_file;
  update cases c set status = case when c.id = p_file then 'joined' else c.status end,
      restricted = exists (select from restrictions t where t.case_id = c.id and t.ends_at > moment()),
      version = c.version + 1
    where c.id in (p_file, p_case);
  update data_keys set wrapped = null, destroyed_at = moment() where case_id = p_file;
end $$;

CREATE FUNCTION public.lay_exclusions(p_sources uuid[], p_targets uuid[], p_by text[]) RETURNS void
    LANGUAGE sql
    SET search_path TO 'public'
    AS $$
  with link as (
    select distinct on (l.source, l.target) l.* from unnest(p_sources, p_targets, p_by) l(source, target, laid_by)
    where l.source <> l.target order by l.source, l.target, how_sure(l.laid_by)
  ), laid as (
    insert into exclusions (id, marac_id, case_id, user_id, actor_id, agency_id, client_id, exempt_user_id,
      ends_at, created_at, origin_id, root_id, laid_by)
    select gen_random_uuid(), c.marac_id, c.id, e.user_id, e.actor_id, e.agency_id, e.client_id,
      e.exempt_user_id, e.ends_at, moment(), e.id, coalesce(e.root_id, e.id), l.laid_by
    from link l
    join cases c on c.id = l.target
    join exclusions e on e.case_id = l.source and e.ends_at > moment()
    join exclusions r on r.id = coalesce(e.root_id, e.id) and r.case_id = e.case_id
    where not exists (select from exclusions k where k.case_id = l.target
      and coalesce(k.root_id, k.id) = coalesce(e.root_id, e.id)
      and (k.user_id, k.actor_id, k.agency_id, k.client_id)
        is not distinct from (e.user_id, e.actor_id, e.agency_id, e.client_id)
      and (k.ends_at > moment() or (k.lifted_by is not null and how_sure(k.laid_by) <= how_sure(l.laid_by))))
    on conflict do nothing
    returning case_id, user_id, actor_id, agency_id, client_id
  )
  insert into action_changes (action_id, marac_id, case_id, agency_id, announced)
  select a.id, a.marac_id, a.case_id, a.owner_agency_id, true from actions a
  where (a.case_id, a.owner_agency_id) in (select l.case_id, coalesce(l.agency_id, u.agency_id, r.agency_id, k.agency_id)
    from laid l left join users u on u.id = l.user_id left join registered_actors r on r.id = l.actor_id
    left join api_clients k on k.id = l.client_id)
$$;

CREATE FUNCTION public.lay_on_joined(p_exclusion uuid) RETURNS void
    LANGUAGE sql
    SET search_path TO 'public'
    AS $$
  insert into exclusions (id, marac_id, case_id, user_id, actor_id, agency_id, client_id, exempt_user_id,
    ends_at, created_at, origin_id, root_id, laid_by)
  select gen_random_uuid(), e.marac_id, r.own_file_id, e.user_id, e.actor_id, e.agency_id, e.client_id,
    e.exempt_user_id, e.ends_at, moment(), e.id, coalesce(e.root_id, e.id), 'joined'
  from exclusions e join referrals r on r.case_id = e.case_id and r.own_file_id is not null
  where e.id = p_exclusion and e.ends_at > moment()
    and not exists (select from exclusions k where k.case_id = r.own_file_id and k.ends_at > moment()
      and coalesce(k.root_id, k.id) = coalesce(e.root_id, e.id)
      and (k.user_id, k.actor_id, k.agency_id, k.client_id)
        is not distinct from (e.user_id, e.actor_id, e.agency_id, e.client_id))
  on conflict do nothing
$$;

CREATE FUNCTION public.lay_restriction_on_joined(p_restriction uuid) RETURNS void
    LANGUAGE sql
    SET search_path TO 'public'
    AS $$
  select lay_restrictions(array_agg(o.case_id), array_agg(r.own_file_id), array_agg('joined'::text))
  from restrictions t join restrictions o on o.id = coalesce(t.origin_id, t.id)
  join referrals r on r.case_id = t.case_id and r.own_file_id is not null
  where t.id = p_restriction and t.ends_at > moment() and o.case_id <> r.own_file_id
$$;

CREATE FUNCTION public.lay_restrictions(p_sources uuid[], p_targets uuid[], p_by text[]) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'public'
    AS $$
declare l record; v_id uuid; v_stands boolean;
begin
  for l in
    select distinct on (o.id, c.id) o.id as origin_id, o.ends_at, c.id as target, c.marac_id, x.laid_by
    from unnest(p_sources, p_targets, p_by) x(source, target, laid_by)
    join cases c on c.id = x.target
    join restrictions o on o.case_id = x.source and o.origin_id is null and o.ends_at > moment()
    where x.source <> x.target
      and (c.opened_at is null or how_sure(x.laid_by) <= how_sure('same_person'))
      and not exists (select from restrictions k where k.case_id = c.id and k.origin_id = o.id
        and (k.ends_at > moment() or (k.lifted_by is not null and how_sure(k.laid_by) <= how_sure(x.laid_by))))
    order by o.id, c.id, how_sure(x.laid_by)
  loop
    v_id := gen_random_uuid();
    v_stands := exists (select from restrictions k where k.case_id = l.target and k.ends_at > moment());
    insert into restrictions (id, marac_id, case_id, ends_at, created_at, origin_id, laid_by)
      values (v_id, l.marac_id, l.target, l.ends_at, moment(), l.origin_id, l.laid_by);
    if not v_stands then
      perform name_on_laid(v_id);
      insert into action_changes (action_id, marac_id, case_id, agency_id, announced)
        select a.id, a.marac_id, a.case_id, a.owner_agency_id, true from actions a where a.case_id = l.target;
    end if;
    update cases set restricted = true, version = version + 1 where id = l.target and not restricted;
  end loop;
end $$;

CREATE FUNCTION public.live_actor(p_user uuid, p_session uuid, p_client uuid, p_actor_ref text, p_now timestamp with time zone, OUT user_id uuid, OUT actor_id uuid, OUT actor_known boolean, OUT agency_id uuid, OUT administrator boolean, OUT password_at timestamp with time zone, OUT rights text[], OUT marac_ids uuid[], OUT roles text[], OUT staff uuid[], OUT idva uuid[], OUT rep uuid[], OUT closed uuid[]) RETURNS record
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public'
    AS $$
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

CREATE FUNCTION public.load_system(p_now timestamp with time zone) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public'
    AS $$
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

CREATE FUNCTION public.mail_of(p_ids uuid[], p_now timestamp with time zone) RETURNS TABLE(id uuid, address text, codes text[])
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'public'
    AS $$
  select o.id, u.email, coalesce(array_agg(distinct c.code) filter (where c.code is not null), '{}')
  from outbox o
  join users u on u.id = o.user_id and u.disabled_at is null
  join agencies a on a.id = u.agency_id and a.closed_at is null
  join notifications n on n.id = any (o.notices)
  join marac_agencies m on m.marac_id = n.marac_id and m.agency_id = a.id
    and m.suspended_at is null and (m.access_ends_at is null or m.access_ends_at > p_now)
  left join cases c on c.id = n.case_id
  where o.id = any (p_ids)
    and exists (select from role_grants g where g.user_id = u.id and g.marac_id = n.marac_id and g.ends_at > p_now)
    and (n.case_id is null or not closed_to(n.case_id, u.id, null, a.id, p_now))
  group by o.id, u.email
$$;

CREATE FUNCTION public.maker() RETURNS uuid
    LANGUAGE sql STABLE
    SET search_path TO 'public'
    AS $$
  select nullif(current_setting('toldonce.user', true), '')::uuid
$$;

CREATE FUNCTION public.minutes_part_of_draft() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public'
    AS $$
declare v_version uuid := case when tg_op = 'INSERT' then new.version_id else old.version_id end;
begin
  if not exists (select from minutes_versions v where v.id = v_version and v.status = 'draft') then
    raise exception 'rows of % are added, never changed', tg_table_name using errcode = 'insufficient_privilege';
  end if;
  return case when tg_op = 'INSERT' then new else old end;
end $$;

CREATE FUNCTION public.moment() RETURNS timestamp with time zone
    LANGUAGE sql STABLE
    SET search_path TO 'public'
    AS $$
  select coalesce(nullif(current_setting('toldonce.now', true), '')::timestamptz, now())
$$;

CREATE FUNCTION public.move_research(p_meeting uuid, p_due_on date) RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'public'
    AS $$
  update research_returns r set due_on = p_due_on, version = r.version + 1
  from meetings m
  where m.id = p_meeting and m.marac_id = any ((select current_setting('toldonce.staff')::uuid[])::uuid[])
    and r.meeting_id = m.id and r.status = 'requested' and r.standing = 'open' and r.due_on <> p_due_on
$$;

CREATE FUNCTION public.name_on_laid(p_restriction uuid) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'public'
    AS $$
declare t restrictions; v_named uuid[]; v_roles text[];
begin
  select * into t from restrictions where id = p_restriction;
  v_named := array(
    select distinct g.user_id from circle g join restrictions o on o.case_id = g.case_id
    join users u on u.id = g.user_id
    where o.id = t.origin_id and g.basis = 'named' and g.opens_at <= moment() and g.ends_at > moment()
      and has_role_in(g.user_id, t.marac_id, array['practitioner', 'idva', 'representative', 'coordinator', 'chair'], moment())
      and (has_role_in(g.user_id, t.marac_id, array['coordinator', 'chair'], moment())
        or exists (select from cases c where c.id = t.case_id and c.opened_at is null)
        or exists (select from circle s where s.case_id = t.case_id and s.user_id = g.user_id
          and s.opens_at <= moment() and s.ends_at > moment()))
      and not excludes_user(t.case_id, u.id, u.agency_id, moment()));
  if not exists (select from unnest(v_named) n(id)
      where has_role_in(n.id, t.marac_id, array['coordinator', 'chair'], moment())) then
    foreach v_roles slice 1 in array array[array['coordinator'], array['chair']] loop
      v_named := v_named || array(
        select distinct g.user_id from role_grants g join users u on u.id = g.user_id
        where g.marac_id = t.marac_id and g.role = any (v_roles)
          and has_role_in(g.user_id, t.marac_id, v_roles, moment())
          and not excludes_user(t.case_id, u.id, u.agency_id, moment()));
      exit when exists (select from unnest(v_named) n(id)
        where has_role_in(n.id, t.marac_id, array['coordinator', 'chair'], moment()));
    end loop;
  end if;
  update circle set ends_at = moment(), version = version + 1
    where restriction_id = t.id and ends_at > moment() and user_id <> all (v_named);
  insert into circle (id, marac_id, case_id, basis, user_id, opens_at, created_at, restriction_id)
    select gen_random_uuid(), t.marac_id, t.case_id, 'named', n.id, moment(), moment(), t.id
    from unnest(v_named) n(id)
    where not exists (select from circle g where g.case_id = t.case_id and g.basis = 'named'
      and g.user_id = n.id and g.opens_at <= moment() and g.ends_at > moment());
end $$;

CREATE FUNCTION public.pair_matches(p_case uuid) RETURNS TABLE(case_id uuid, marac_id uuid)
    LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 5
    SET search_path TO 'public'
    SET plan_cache_mode TO 'force_generic_plan'
    AS $$
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
ALTER FUNCTION public.pair_matches(p_case uuid) OWNER TO toldonce_match;

CREATE FUNCTION public.pause_circle() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public'
    AS $$
begin
  if rests(new.status) is distinct from rests(old.status) then
    update circle set paused = rests(new.status), version = version + 1
    where case_id = new.id and paused is distinct from rests(new.status);
  end if;
  return null;
end $$;

CREATE FUNCTION public.pause_new_row() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public'
    AS $$
begin
  new.paused := coalesce((select rests(c.status) from cases c where c.id = new.case_id), false);
  return new;
end $$;

CREATE FUNCTION public.person_was_linked() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public'
    AS $$
begin
  if exists (select from parties p where p.person_id = new.person_id and p.case_id <> new.case_id) then
    perform follow_people(new.case_id);
  end if;
  return null;
end $$;

CREATE FUNCTION public.post_letter(p_id uuid, p_user uuid, p_letter text, p_sealed bytea, p_master_key text, p_now timestamp with time zone) RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'public'
    AS $$
  insert into outbox (id, user_id, letter, notices, sealed, master_key_id, next_at, created_at)
  values (p_id, p_user, p_letter, '{}', p_sealed, p_master_key, p_now, p_now)
$$;

CREATE FUNCTION public.record_damage(p_ids uuid[], p_cases uuid[], p_parts text[], p_fields text[], p_rows uuid[], p_digests text[], p_now timestamp with time zone) RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'public'
    AS $$
  insert into damaged_parts as d (id, marac_id, case_id, part, field, row_id, digest, found_at, seen_at)
  select distinct on (x.part, x.field, x.row_id) x.id, c.marac_id, c.id, x.part, x.field, x.row_id, x.digest, p_now, p_now
  from unnest(p_ids, p_cases, p_parts, p_fields, p_rows, p_digests) as x(id, case_id, part, field, row_id, digest)
  join cases c on c.id = x.case_id
  order by x.part, x.field, x.row_id, x.id
  on conflict (part, field, row_id) do update set digest = excluded.digest, seen_at = excluded.seen_at,
    marac_id = excluded.marac_id, case_id = excluded.case_id,
    found_at = case when d.digest = excluded.digest then d.found_at else excluded.found_at end
  where d.digest is distinct from excluded.digest or d.case_id <> excluded.case_id
    or d.seen_at < excluded.seen_at - interval '1 hour';
  insert into damaged_meeting_parts as d (id, marac_id, meeting_id, part, field, row_id, digest, found_at, seen_at)
  select distinct on (x.part, x.field, x.row_id) x.id, m.marac_id, m.id, x.part, x.field, x.row_id, x.digest, p_now, p_now
  from unnest(p_ids, p_cases, p_parts, p_fields, p_rows, p_digests) as x(id, meeting_id, part, field, row_id, digest)
  join meetings m on m.id = x.meeting_id
  order by x.part, x.field, x.row_id, x.id
  on conflict (part, field, row_id) do update set digest = excluded.digest, seen_at = excluded.seen_at,
    found_at = case when d.digest = excluded.digest then d.found_at else excluded.found_at end
  where d.digest <> excluded.digest or d.seen_at < excluded.seen_at - interval '1 hour'
$$;

CREATE FUNCTION public.recount_risk(p_marac uuid) RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'public'
    AS $$
  update cases c set risk_due = true
  where c.marac_id = p_marac
    and p_marac = any ((select current_setting('toldonce.maracs')::uuid[])::uuid[])
    and exists (select from risk_assessments a where a.case_id = c.id)
$$;

CREATE FUNCTION public.refuse_change() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
  raise exception 'rows of % are added, never changed', tg_table_name using errcode = 'insufficient_privilege';
end $$;

CREATE FUNCTION public.refuse_closed_account() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public'
    AS $$
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

CREATE FUNCTION public.release_allocations() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public'
    AS $$
begin
  update idva_allocations set user_id = null, version = version + 1
  where user_id = new.id and ends_on is null;
  return null;
end $$;

CREATE FUNCTION public.restriction_was_changed() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public'
    AS $$
declare v_files uuid[]; v_by text[]; v_here uuid[]; t record; o restrictions; v_next uuid;
begin
  select * into o from restrictions where id = new.id;
  perform follow_alone();
  if o.ends_at > moment() then
    select array_agg(f.case_id), array_agg(f.laid_by), array_agg(o.case_id) into v_files, v_by, v_here
      from files_of_same_people(o.case_id) f;
    perform lay_restrictions(v_here, v_files, v_by);
    for t in select k.id from restrictions k where k.origin_id = o.id and k.ends_at > moment() loop
      update restrictions set ends_at = o.ends_at where id = t.id and ends_at <> o.ends_at;
      if exists (select from circle where restriction_id = t.id) then
        perform name_on_laid(t.id);
      end if;
    end loop;
    return null;
  end if;
  for t in update restrictions k set ends_at = o.ends_at, lifted_by = o.lifted_by, version = k.version + 1
    where k.origin_id = o.id and k.ends_at > o.ends_at returning k.id, k.case_id
  loop
    select k.id into v_next from restrictions k
      where k.case_id = t.case_id and k.ends_at > moment() order by k.created_at, k.id limit 1;
    if v_next is not null then
      -- Another one holds, and goes on naming them.
      update circle set restriction_id = v_next where restriction_id = t.id;
    else
      update circle g set ends_at = moment(), version = g.version + 1 from cases c
        where g.restriction_id = t.id and g.ends_at > moment() and c.id = g.case_id
          and g.user_id is distinct from c.lead_user_id;
      update cases set restricted = false, version = version + 1 where id = t.case_id;
      insert into action_changes (action_id, marac_id, case_id, agency_id, announced)
        select a.id, a.marac_id, a.case_id, a.owner_agency_id, true from actions a where a.case_id = t.case_id;
    end if;
  end loop;
  return null;
end $$;

CREATE FUNCTION public.restriction_was_made() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public'
    AS $$
begin
  perform lay_restriction_on_joined(new.id);
  return null;
end $$;

CREATE FUNCTION public.rests(p_status text) RETURNS boolean
    LANGUAGE sql IMMUTABLE
    SET search_path TO 'public'
    AS $$
  select p_status in ('not_accepted', 'lapsed', 'closed', 'transferred_out', 'joined')
$$;

CREATE FUNCTION public.role_was_granted() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public'
    AS $$
declare v_agency uuid;
begin
  select coalesce((select agency_id from users where id = new.user_id),
    (select agency_id from api_clients where id = new.client_id)) into v_agency;
  perform inherit_exclusions(b.id, new.user_id, null, new.client_id, v_agency, new.marac_id)
    from (select maker() union select new.granted_by) b(id);
  return null;
end $$;

CREATE FUNCTION public.seat_circles(p_meeting uuid, p_at timestamp with time zone) RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'public'
    AS $$
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

CREATE FUNCTION public.settle_listings(p_meeting uuid, p_at timestamp with time zone) RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'public'
    AS $$
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

CREATE FUNCTION public.something_is_set(p_case uuid) RETURNS boolean
    LANGUAGE sql STABLE
    SET search_path TO 'public'
    AS $$
  select exists (select from exclusions e where e.case_id = p_case and e.ends_at > moment())
    or exists (select from restrictions t where t.case_id = p_case and t.ends_at > moment())
$$;

CREATE FUNCTION public.spared(p_case uuid, p_user uuid, p_actor uuid) RETURNS boolean
    LANGUAGE sql STABLE
    SET search_path TO 'public'
    AS $$
  select exists (select from referrals r join cases c on c.id = r.case_id
    where r.case_id = p_case and c.opened_at is null and c.status in ('intake', 'not_accepted')
      and (r.submitted_by = p_user or r.actor_id = p_actor))
$$;

CREATE FUNCTION public.sweep(p_now timestamp with time zone, p_keep_days integer) RETURNS TABLE(deleted bigint, more boolean)
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public'
    AS $$
declare n bigint; bit constant integer := 5000;
begin
  deleted := 0; more := false;

  delete from idempotency_keys where ctid = any (array(
    select ctid from idempotency_keys where created_at < p_now - interval '90 days' limit bit));
  get diagnostics n = row_count; deleted := deleted + n; more := more or n = bit;

  delete from refresh_tokens where token_hash = any (array(
    select t.token_hash from refresh_tokens t join sessions s on s.id = t.session_id
    where t.expires_at < p_now - interval '1 day'
      or least(s.expires_at, s.revoked_at) < p_now - interval '30 days' limit bit));
  get diagnostics n = row_count; deleted := deleted + n; more := more or n = bit;

  delete from sessions where id = any (array(
    select s.id from sessions s where least(s.expires_at, s.revoked_at) < p_now - interval '30 days'
      and not exists (select from refresh_tokens t where t.session_id = s.id) limit bit));
  get diagnostics n = row_count; deleted := deleted + n; more := more or n = bit;

  delete from outbox where id = any (array(
    select id from outbox where ended_at < p_now - interval '90 days' limit bit));
  get diagnostics n = row_count; deleted := deleted + n; more := more or n = bit;

  delete from notifications where id = any (array(
    select id from notifications
    where read_at < p_now - make_interval(days => greatest(p_keep_days, 1)) limit bit));
  get diagnostics n = row_count; deleted := deleted + n; more := more or n = bit;

  return next;
end $$;

CREATE FUNCTION public.sweep_sign_in(p_now timestamp with time zone) RETURNS TABLE(deleted bigint, more boolean)
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public'
    AS $$
declare n bigint; bit constant integer := 5000;
begin
  deleted := 0; more := false;
  delete from guesses where (kind, subject) in (
    select kind, subject from guesses
    where last_at < p_now - interval '1 hour'
      and (guess_level(kind, level, last_at, p_now) = 0 or last_at < p_now - interval '7 days')
    limit bit);
  get diagnostics n = row_count; deleted := deleted + n; more := more or n = bit;
  delete from known_networks where (user_id, network) in (
    select user_id, network from known_networks
    where last_at < p_now - interval '90 days' limit bit);
  get diagnostics n = row_count; deleted := deleted + n; more := more or n = bit;
  return next;
end $$;

CREATE FUNCTION public.take_out(p_referral uuid) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public'
    AS $_$
declare v_case uuid; t text;
begin
  select r.case_id into v_case from referrals r where r.id = p_referral
    and r.marac_id = any ((select current_setting('toldonce.staff')::uuid[])::uuid[])
    and r.case_id <> all ((select current_setting('toldonce.closed')::uuid[])::uuid[]);
  if v_case is null then
    raise exception 'not of this MARAC' using errcode = 'insufficient_privilege';
  end if;
  delete from identity_differences where referral_id = p_referral;
  -- What another referral says as well stays, as that one's.
  foreach t in array array['parties', 'party_addresses', 'party_contacts', 'party_relationships'] loop
    execute format('update %I set also_from = array_remove(also_from, $1) where case_id = $2 and $1 = any (also_from)', t)
      using p_referral, v_case;
    execute format($u$update %I set referral_id = also_from[1], also_from = also_from[2:]
      where case_id = $2 and referral_id = $1 and also_from <> '{}'$u$, t) using p_referral, v_case;
  end loop;
  update party_characteristics k set referral_id = p.referral_id from parties p
    where p.id = k.party_id and k.referral_id = p_referral and p.referral_id is distinct from p_referral;
  delete from party_relationships where referral_id = p_referral;
  delete from party_characteristics where referral_id = p_referral;
  delete from party_addresses where referral_id = p_referral;
  delete from party_contacts where referral_id = p_referral;
  delete from account_entries where referral_id = p_referral and case_id = v_case;
  -- The figures are worked out anew; a later assessment takes the place of the one before this one.
  delete from risk_figures where case_id = v_case;
  update risk_assessments n set supersedes_id = o.supersedes_id from risk_assessments o
    where n.supersedes_id = o.id and n.case_id = v_case and o.referral_id = p_referral;
  delete from risk_assessments where referral_id = p_referral and case_id = v_case;
  with gone as (delete from parties where referral_id = p_referral and case_id = v_case returning person_id)
  delete from persons p using gone g where p.id = g.person_id
    and not exists (select from parties q where q.person_id = p.id and q.referral_id is distinct from p_referral);
end $_$;

CREATE FUNCTION public.tell(p_now timestamp with time zone, p_by_user uuid, p_by_client uuid, p_kinds text[], p_maracs uuid[], p_cases uuid[], p_subjects text[], p_subject_ids uuid[], p_once text, p_of integer[], p_to text[], p_ids uuid[], p_roles text[], p_emailed text[]) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public'
    AS $$
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

CREATE FUNCTION public.tokens_were_added() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public'
    AS $$
begin
  perform follow_people(f.case_id) from (select distinct case_id from fresh) f;
  return null;
end $$;

CREATE FUNCTION public.unjoin_file(p_file uuid, p_case uuid) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public'
    AS $$
begin
  if not exists (select from cases f where f.id = p_file
      and f.marac_id = any ((select current_setting('toldonce.staff')::uuid[])::uuid[])) then
    raise exception 'not of this MARAC' using errcode = 'insufficient_privilege';
  end if;
  perform hold_on_both(p_file, p_case);
  if not exists (select from restrictions t where t.case_id = p_file and t.origin_id is null and t.ends_at > moment()) then
    -- Whoever was named on the file is named there as long as what restricts it holds.
    update circle g set restriction_id = (select t.id from restrictions t where t.case_id = p_file
        and t.ends_at > moment() and t.origin_id is not null order by t.created_at, t.id limit 1)
      where g.case_id = p_file and g.basis = 'named' and not g.as_lead and g.restriction_id is null and g.ends_at > moment();
    update circle g set ends_at = moment(), version = version + 1
      where g.case_id = p_file and g.basis = 'named' and g.restriction_id is null and g.ends_at > moment();
  end if;
  update cases c set restricted = exists (select from restrictions t where t.case_id = c.id and t.ends_at > moment())
    where c.id = p_file;
end $$;

CREATE FUNCTION public.unseen_files(p_now timestamp with time zone) RETURNS TABLE(marac_id uuid, files bigint)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'public'
    AS $$
  select c.marac_id, count(*) from cases c
  where c.status = 'intake' and c.received_at is not null
    and not exists (select from role_grants g join users u on u.id = g.user_id
      where g.marac_id = c.marac_id and g.role in ('coordinator', 'chair')
        and has_role_in(u.id, c.marac_id, array['coordinator', 'chair'], p_now)
        and not closed_to(c.id, u.id, null, u.agency_id, p_now))
  group by c.marac_id
$$;

CREATE FUNCTION public.uuid_v7(p_at timestamp with time zone) RETURNS uuid
    LANGUAGE sql
    SET search_path TO 'public'
    AS $$
  select encode(set_bit(set_bit(overlay(uuid_send(gen_random_uuid())
    placing substring(int8send(floor(extract(epoch from p_at) * 1000)::bigint) from 3) from 1 for 6),
    52, 1), 53, 1), 'hex')::uuid
$$;

CREATE FUNCTION public.withdraw_agenda(p_meeting uuid, p_by uuid, p_at timestamp with time zone) RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'public'
    AS $$
  update agenda_items i set status = 'withdrawn', decided_by = p_by, decided_at = p_at,
    version = i.version + 1
  from meetings m
  where m.id = p_meeting and m.marac_id = any ((select current_setting('toldonce.staff')::uuid[])::uuid[])
    and i.meeting_id = m.id and i.status = 'listed'
$$;

CREATE FUNCTION public.withdraw_research(p_meeting uuid) RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'public'
    AS $$
  update research_returns r set standing = 'withdrawn', version = r.version + 1
  from meetings m
  where m.id = p_meeting and m.marac_id = any ((select current_setting('toldonce.staff')::uuid[])::uuid[])
    and r.meeting_id = m.id and r.standing = 'open'
$$;

CREATE TABLE public.__diesel_schema_migrations (
    version character varying(50) NOT NULL,
    run_on timestamp without time zone DEFAULT CURRENT_TIMESTAMP NOT NULL
);

CREATE TABLE public.absences (
    id uuid NOT NULL,
    user_id uuid NOT NULL,
    from_on date NOT NULL,
    until_on date NOT NULL,
    recorded_by uuid,
    ended_at timestamp with time zone,
    version integer DEFAULT 1 NOT NULL,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT absences_check CHECK ((until_on >= from_on)),
    CONSTRAINT absences_from_on_in_range CHECK ((NOT ((from_on < '1880-01-01'::date) OR (from_on > '2199-12-31'::date)))),
    CONSTRAINT absences_until_on_in_range CHECK ((NOT ((until_on < '1880-01-01'::date) OR (until_on > '2199-12-31'::date))))
);

COMMENT ON TABLE public.absences IS 'First and last day away, and never why.';

CREATE TABLE public.account_entries (
    id uuid NOT NULL,
    marac_id uuid NOT NULL,
    case_id uuid NOT NULL,
    referral_id uuid,
    heading text NOT NULL,
    sharing text NOT NULL,
    told_on date NOT NULL,
    how_told text NOT NULL,
    author_id uuid,
    actor_id uuid,
    agency_id uuid NOT NULL,
    supersedes_id uuid,
    superseded_by_id uuid,
    sealed bytea NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT account_entries_heading_check CHECK ((heading = ANY (ARRAY['what_happened'::text, 'who_else_is_affected'::text, 'what_is_feared'::text, 'what_the_survivor_wants'::text, 'what_has_been_tried'::text, 'what_is_needed_now'::text, 'practical_safety'::text]))),
    CONSTRAINT account_entries_how_told_check CHECK ((how_told = ANY (ARRAY['in_person'::text, 'phone'::text, 'video'::text, 'writing'::text, 'through_another'::text, 'unknown'::text]))),
    CONSTRAINT account_entries_sharing_check CHECK ((sharing = ANY (ARRAY['agency_private'::text, 'marac'::text, 'restricted'::text]))),
    CONSTRAINT account_entries_told_on_in_range CHECK ((NOT ((told_on < '1880-01-01'::date) OR (told_on > '2199-12-31'::date))))
);

COMMENT ON COLUMN public.account_entries.referral_id IS 'The referral it came with; null: recorded on the case.';

CREATE TABLE public.action_changes (
    txid xid8 DEFAULT pg_current_xact_id() NOT NULL,
    id bigint NOT NULL,
    action_id uuid NOT NULL,
    marac_id uuid NOT NULL,
    case_id uuid NOT NULL,
    agency_id uuid NOT NULL,
    announced boolean DEFAULT false NOT NULL
);

COMMENT ON TABLE public.action_changes IS 'A row per agency and change of what it may see of an action, read in commit order.';

COMMENT ON COLUMN public.action_changes.announced IS 'What the agency may see of the case changed, not the action: readable though the case is closed.';

ALTER TABLE public.action_changes ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.action_changes_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.action_escalations (
    id uuid NOT NULL,
    marac_id uuid NOT NULL,
    case_id uuid NOT NULL,
    action_id uuid NOT NULL,
    step text NOT NULL,
    status text NOT NULL,
    due_on date NOT NULL,
    owner_agency_id uuid NOT NULL,
    taken_on date NOT NULL,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT action_escalations_due_on_in_range CHECK ((NOT ((due_on < '1880-01-01'::date) OR (due_on > '2199-12-31'::date)))),
    CONSTRAINT action_escalations_step_check CHECK ((step = ANY (ARRAY['none'::text, 'owner'::text, 'agency_lead'::text, 'coordinator'::text, 'chair'::text, 'steering_group'::text]))),
    CONSTRAINT action_escalations_step_check1 CHECK ((step <> 'none'::text)),
    CONSTRAINT action_escalations_taken_on_in_range CHECK ((NOT ((taken_on < '1880-01-01'::date) OR (taken_on > '2199-12-31'::date))))
);

COMMENT ON TABLE public.action_escalations IS 'A row per step taken; never changed. Apart from the history that reports are read from, so that a step dates no report.';

CREATE TABLE public.action_events (
    id uuid NOT NULL,
    marac_id uuid NOT NULL,
    case_id uuid NOT NULL,
    action_id uuid NOT NULL,
    kind text NOT NULL,
    status text NOT NULL,
    due_on date NOT NULL,
    owner_agency_id uuid NOT NULL,
    effective_on date NOT NULL,
    by_user_id uuid,
    by_actor_id uuid,
    by_agency_id uuid,
    sealed bytea,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT action_events_due_on_in_range CHECK ((NOT ((due_on < '1880-01-01'::date) OR (due_on > '2199-12-31'::date)))),
    CONSTRAINT action_events_effective_on_in_range CHECK ((NOT ((effective_on < '1880-01-01'::date) OR (effective_on > '2199-12-31'::date)))),
    CONSTRAINT action_events_kind_check CHECK ((kind = ANY (ARRAY['agreed'::text, 'reported'::text, 'reopened'::text, 'reassigned'::text, 'rescheduled'::text, 'accepted'::text, 'superseded'::text, 'cancelled'::text])))
);

COMMENT ON TABLE public.action_events IS 'The history every report on actions is read from; rows are added, never changed.';

CREATE TABLE public.actions (
    id uuid NOT NULL,
    marac_id uuid NOT NULL,
    case_id uuid NOT NULL,
    meeting_id uuid,
    agenda_item_id uuid,
    owner_agency_id uuid NOT NULL,
    owner_user_id uuid,
    target text NOT NULL,
    category text NOT NULL,
    priority text NOT NULL,
    due_on date NOT NULL,
    agreed_on date NOT NULL,
    status text NOT NULL,
    status_at timestamp with time zone NOT NULL,
    resolved boolean DEFAULT false NOT NULL,
    superseded_by_id uuid,
    needs text[] DEFAULT '{}'::text[] NOT NULL,
    carried_over smallint DEFAULT 0 NOT NULL,
    escalation text DEFAULT 'none'::text NOT NULL,
    escalated_on date,
    reminders smallint DEFAULT 0 NOT NULL,
    reminded_on date,
    gaps text[] DEFAULT '{}'::text[] NOT NULL,
    standard_code text,
    standard_version integer,
    sealed bytea NOT NULL,
    created_by uuid,
    external_ref text,
    version integer DEFAULT 1 NOT NULL,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT actions_agreed_on_in_range CHECK ((NOT ((agreed_on < '1880-01-01'::date) OR (agreed_on > '2199-12-31'::date)))),
    CONSTRAINT actions_due_on_in_range CHECK ((NOT ((due_on < '1880-01-01'::date) OR (due_on > '2199-12-31'::date)))),
    CONSTRAINT actions_escalated_on_in_range CHECK ((NOT ((escalated_on < '1880-01-01'::date) OR (escalated_on > '2199-12-31'::date)))),
    CONSTRAINT actions_escalation_check CHECK ((escalation = ANY (ARRAY['none'::text, 'owner'::text, 'agency_lead'::text, 'coordinator'::text, 'chair'::text, 'steering_group'::text]))),
    CONSTRAINT actions_needs_check CHECK ((needs <@ ARRAY['address'::text, 'safe_contact'::text])),
    CONSTRAINT actions_priority_check CHECK ((priority = ANY (ARRAY['immediate'::text, 'high'::text, 'normal'::text]))),
    CONSTRAINT actions_reminded_on_in_range CHECK ((NOT ((reminded_on < '1880-01-01'::date) OR (reminded_on > '2199-12-31'::date)))),
    CONSTRAINT actions_status_check CHECK ((status = ANY (ARRAY['open'::text, 'in_progress'::text, 'completed'::text, 'not_possible_circumstances_changed'::text, 'not_done'::text, 'superseded'::text, 'cancelled'::text]))),
    CONSTRAINT actions_target_check CHECK ((target = ANY (ARRAY['survivor'::text, 'child'::text, 'perpetrator'::text, 'professional'::text])))
);

COMMENT ON COLUMN public.actions.resolved IS 'Chair has accepted, re-set or superseded a report that it was not done or not possible.';

COMMENT ON COLUMN public.actions.escalation IS 'How far up the ladder it is, for its present due date.';

COMMENT ON COLUMN public.actions.reminders IS 'How often its owner was reminded, whatever the due date was.';

COMMENT ON COLUMN public.actions.standard_code IS 'The entry of the catalogue it was made from, in the version beside it; 0 is the shipped one.';

CREATE TABLE public.address_changes (
    id uuid NOT NULL,
    user_id uuid NOT NULL,
    email text NOT NULL,
    token_hash bytea,
    asked_by uuid,
    expires_at timestamp with time zone NOT NULL,
    confirmed_at timestamp with time zone,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT address_changes_email_check CHECK ((email = lower(email)))
);

COMMENT ON TABLE public.address_changes IS 'New addresses that were asked for. The old one holds until the account''s person confirms from the new one.';

COMMENT ON COLUMN public.address_changes.token_hash IS 'Of the link. Null while nobody was sent one.';

CREATE TABLE public.agencies (
    id uuid NOT NULL,
    name text NOT NULL COLLATE public.english,
    kind text NOT NULL,
    closed_at timestamp with time zone,
    version integer DEFAULT 1 NOT NULL,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT agencies_kind_check CHECK ((kind = ANY (ARRAY['police'::text, 'idva'::text, 'childrens_social_care'::text, 'primary_care'::text, 'secondary_care_acute'::text, 'education'::text, 'housing'::text, 'mental_health'::text, 'probation'::text, 'voluntary_sector'::text, 'substance_misuse'::text, 'adult_social_care'::text, 'mash'::text, 'coordination'::text, 'other'::text])))
);

CREATE TABLE public.agenda_items (
    id uuid NOT NULL,
    marac_id uuid NOT NULL,
    case_id uuid NOT NULL,
    meeting_id uuid NOT NULL,
    referral_id uuid,
    kind text NOT NULL,
    session smallint DEFAULT 1 NOT NULL,
    "position" integer NOT NULL,
    placed_by_hand boolean DEFAULT false NOT NULL,
    slot_minutes smallint NOT NULL,
    has_children boolean NOT NULL,
    late boolean DEFAULT false NOT NULL,
    status text NOT NULL,
    deferred_to_id uuid,
    deferred_until date,
    outcome bytea,
    decided_by uuid,
    decided_at timestamp with time zone,
    version integer DEFAULT 1 NOT NULL,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT agenda_items_deferred_until_in_range CHECK ((NOT ((deferred_until < '1880-01-01'::date) OR (deferred_until > '2199-12-31'::date)))),
    CONSTRAINT agenda_items_kind_check CHECK ((kind = ANY (ARRAY['new'::text, 'repeat'::text, 'transfer_in'::text, 'alert_only'::text, 'review'::text]))),
    CONSTRAINT agenda_items_session_check CHECK ((session > 0)),
    CONSTRAINT agenda_items_status_check CHECK ((status = ANY (ARRAY['listed'::text, 'heard'::text, 'deferred'::text, 'withdrawn'::text, 'alert_noted'::text])))
);

COMMENT ON COLUMN public.agenda_items.session IS 'Which part of the meeting it is heard in.';

COMMENT ON COLUMN public.agenda_items.deferred_until IS 'The first day on which a list may take the case up again (R22).';

CREATE TABLE public.agenda_listings (
    agenda_item_id uuid NOT NULL,
    agency_id uuid NOT NULL,
    marac_id uuid NOT NULL,
    case_id uuid NOT NULL
);

CREATE TABLE public.agenda_sessions (
    meeting_id uuid NOT NULL,
    number smallint NOT NULL,
    marac_id uuid NOT NULL,
    heading text,
    starts_at timestamp with time zone NOT NULL,
    CONSTRAINT agenda_sessions_number_check CHECK ((number > 0)),
    CONSTRAINT agenda_sessions_starts_at_in_range CHECK ((NOT (isfinite(starts_at) AND ((starts_at < '1880-01-01 00:00:00+00'::timestamp with time zone) OR (starts_at > '2199-12-31 23:59:59.999999+00'::timestamp with time zone)))))
);

COMMENT ON TABLE public.agenda_sessions IS 'Parts of a meeting, each with a start of its own: what lies between two is a break.';

COMMENT ON COLUMN public.agenda_sessions.heading IS 'Names no case: everybody at the meeting reads it.';

CREATE TABLE public.api_clients (
    id uuid NOT NULL,
    agency_id uuid NOT NULL,
    name text NOT NULL COLLATE public.english,
    secret_hash bytea NOT NULL,
    secret_version integer DEFAULT 1 NOT NULL,
    rights text[] NOT NULL,
    created_by uuid NOT NULL,
    disabled_at timestamp with time zone,
    version integer DEFAULT 1 NOT NULL,
    created_at timestamp with time zone NOT NULL
);

COMMENT ON COLUMN public.api_clients.secret_version IS 'Raised when the secret is changed: tokens had with an older secret end.';

CREATE TABLE public.applied_functions (
    number bigint NOT NULL,
    digest bytea NOT NULL,
    program text NOT NULL,
    applied_at timestamp with time zone DEFAULT now() NOT NULL
);

COMMENT ON TABLE public.applied_functions IS 'By digest, whose functions the database has had; those of the last row are in it.';

COMMENT ON COLUMN public.applied_functions.program IS 'The version of the program that applied them.';

ALTER TABLE public.applied_functions ALTER COLUMN number ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.applied_functions_number_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.attendance_items (
    id uuid NOT NULL,
    marac_id uuid NOT NULL,
    case_id uuid NOT NULL,
    agenda_item_id uuid NOT NULL,
    attendance_id uuid NOT NULL,
    bound boolean DEFAULT false NOT NULL,
    joined_at timestamp with time zone,
    left_at timestamp with time zone,
    version integer DEFAULT 1 NOT NULL,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT attendance_items_check CHECK ((left_at >= joined_at)),
    CONSTRAINT attendance_items_joined_at_in_range CHECK ((NOT (isfinite(joined_at) AND ((joined_at < '1880-01-01 00:00:00+00'::timestamp with time zone) OR (joined_at > '2199-12-31 23:59:59.999999+00'::timestamp with time zone))))),
    CONSTRAINT attendance_items_left_at_in_range CHECK ((NOT (isfinite(left_at) AND ((left_at < '1880-01-01 00:00:00+00'::timestamp with time zone) OR (left_at > '2199-12-31 23:59:59.999999+00'::timestamp with time zone)))))
);

COMMENT ON COLUMN public.attendance_items.bound IS 'A guest is at the meeting for this case.';

CREATE TABLE public.attendances (
    id uuid NOT NULL,
    marac_id uuid NOT NULL,
    meeting_id uuid NOT NULL,
    agency_id uuid NOT NULL,
    user_id uuid,
    actor_id uuid,
    person_name text COLLATE public.english,
    role text NOT NULL,
    presence text NOT NULL,
    information_sent boolean DEFAULT false NOT NULL,
    received_on date,
    confidentiality_accepted_at timestamp with time zone,
    confidentiality_version integer,
    confidentiality_recorded_by uuid,
    version integer DEFAULT 1 NOT NULL,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT attendances_person_check CHECK ((num_nonnulls(user_id, actor_id, person_name) <= 1)),
    CONSTRAINT attendances_presence_check CHECK ((presence = ANY (ARRAY['expected'::text, 'present'::text, 'apologies'::text, 'absent'::text]))),
    CONSTRAINT attendances_received_on_in_range CHECK ((NOT ((received_on < '1880-01-01'::date) OR (received_on > '2199-12-31'::date)))),
    CONSTRAINT attendances_role_check CHECK ((role = ANY (ARRAY['representative'::text, 'deputy'::text, 'observer'::text, 'guest'::text])))
);

COMMENT ON COLUMN public.attendances.person_name IS 'A professional without an account, who signs on paper.';

COMMENT ON COLUMN public.attendances.received_on IS 'When apologies, and the information sent with them, arrived.';

COMMENT ON COLUMN public.attendances.confidentiality_recorded_by IS 'Who recorded a signature on paper; null: accepted in person.';

CREATE TABLE public.audit_adoptions (
    last_seq bigint NOT NULL,
    hash bytea NOT NULL,
    adopted_at timestamp with time zone NOT NULL,
    key_id text NOT NULL,
    signature bytea NOT NULL
);

COMMENT ON TABLE public.audit_adoptions IS 'Up to this head an operator has vouched for heads without a signature and for odd times.';

CREATE TABLE public.audit_chain (
    seq bigint NOT NULL,
    event_id uuid NOT NULL,
    hash bytea NOT NULL
);

CREATE TABLE public.audit_events (
    id uuid NOT NULL,
    txid xid8 DEFAULT pg_current_xact_id() NOT NULL,
    at timestamp with time zone NOT NULL,
    act text NOT NULL,
    outcome text NOT NULL,
    principal text NOT NULL,
    user_id uuid,
    client_id uuid,
    actor_id uuid,
    agency_id uuid,
    session_id uuid,
    marac_id uuid,
    case_id uuid,
    subject text,
    subject_id uuid,
    fields text[] DEFAULT '{}'::text[] NOT NULL,
    rows_seen integer,
    detail bytea,
    request_id uuid NOT NULL,
    CONSTRAINT audit_events_check CHECK (((principal = 'user'::text) = ((user_id IS NOT NULL) AND (client_id IS NULL)))),
    CONSTRAINT audit_events_check1 CHECK (((principal = 'client'::text) = (client_id IS NOT NULL))),
    CONSTRAINT audit_events_outcome_check CHECK ((outcome = ANY (ARRAY['done'::text, 'denied'::text, 'not_found'::text, 'failed'::text]))),
    CONSTRAINT audit_events_principal_check CHECK ((principal = ANY (ARRAY['user'::text, 'client'::text, 'system'::text, 'anonymous'::text])))
);

COMMENT ON COLUMN public.audit_events.detail IS 'Old and new values, sealed under the case''s key.';

CREATE TABLE public.audit_heads (
    last_seq bigint NOT NULL,
    last_txid xid8 NOT NULL,
    last_event_id uuid NOT NULL,
    hash bytea NOT NULL,
    sealed_at timestamp with time zone NOT NULL,
    key_id text,
    signature bytea,
    CONSTRAINT audit_heads_signed CHECK (((key_id IS NULL) = (signature IS NULL)))
);

COMMENT ON COLUMN public.audit_heads.key_id IS 'The master key from which the signing key is derived.';

CREATE TABLE public.calendar_feeds (
    user_id uuid NOT NULL,
    token_hash bytea NOT NULL,
    created_at timestamp with time zone NOT NULL
);

CREATE TABLE public.cases (
    id uuid NOT NULL,
    marac_id uuid NOT NULL,
    code text NOT NULL,
    status text NOT NULL,
    received_at timestamp with time zone,
    opened_at timestamp with time zone,
    last_referral_on date,
    lapses_on date,
    score smallint,
    risk_due boolean DEFAULT false NOT NULL,
    criteria text[] DEFAULT '{}'::text[] NOT NULL,
    has_children boolean DEFAULT false NOT NULL,
    lead_user_id uuid,
    lead_agency_id uuid,
    restricted boolean DEFAULT false NOT NULL,
    closed_at timestamp with time zone,
    closed_because text,
    closing bytea,
    tokens_version smallint DEFAULT 1 NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT cases_closed_because_check CHECK ((closed_because = ANY (ARRAY['risk_reduced'::text, 'support_in_place'::text, 'moved_away'::text, 'died'::text, 'declined'::text, 'transferred'::text, 'other'::text]))),
    CONSTRAINT cases_lapses_on_in_range CHECK ((NOT ((lapses_on < '1880-01-01'::date) OR (lapses_on > '2199-12-31'::date)))),
    CONSTRAINT cases_last_referral_on_in_range CHECK ((NOT ((last_referral_on < '1880-01-01'::date) OR (last_referral_on > '2199-12-31'::date)))),
    CONSTRAINT cases_status_check CHECK ((status = ANY (ARRAY['intake'::text, 'not_accepted'::text, 'listed'::text, 'heard'::text, 'monitoring'::text, 'lapsed'::text, 'closed'::text, 'transferred_out'::text, 'joined'::text])))
);

COMMENT ON COLUMN public.cases.received_at IS 'First submission: from here coordinator and chair see the file.';

COMMENT ON COLUMN public.cases.score IS 'The first figure in risk_figures of the leading tool.';

COMMENT ON COLUMN public.cases.risk_due IS 'The figures of risk are to be worked out anew from the sealed answers.';

COMMENT ON COLUMN public.cases.tokens_version IS 'Of how tokens are made, when the file was last looked at.';

CREATE TABLE public.circle (
    id uuid NOT NULL,
    marac_id uuid NOT NULL,
    case_id uuid NOT NULL,
    basis text NOT NULL,
    user_id uuid,
    actor_id uuid,
    agency_id uuid,
    as_lead boolean DEFAULT false NOT NULL,
    restriction_id uuid,
    meeting_id uuid,
    opens_at timestamp with time zone NOT NULL,
    full_at timestamp with time zone DEFAULT 'infinity'::timestamp with time zone NOT NULL,
    ends_at timestamp with time zone DEFAULT 'infinity'::timestamp with time zone NOT NULL,
    paused boolean DEFAULT false NOT NULL,
    reason bytea,
    created_by uuid,
    version integer DEFAULT 1 NOT NULL,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT circle_as_lead_check CHECK (((NOT as_lead) OR (basis = 'named'::text))),
    CONSTRAINT circle_basis_check CHECK ((basis = ANY (ARRAY['referrer'::text, 'named'::text, 'allocation'::text, 'listing'::text, 'share'::text, 'attendance'::text]))),
    CONSTRAINT circle_check CHECK ((num_nonnulls(user_id, actor_id, agency_id) = 1)),
    CONSTRAINT circle_check1 CHECK (((basis = ANY (ARRAY['referrer'::text, 'named'::text, 'attendance'::text])) = (agency_id IS NULL))),
    CONSTRAINT circle_ends_at_in_range CHECK ((NOT (isfinite(ends_at) AND ((ends_at < '1880-01-01 00:00:00+00'::timestamp with time zone) OR (ends_at > '2199-12-31 23:59:59.999999+00'::timestamp with time zone)))))
);

COMMENT ON TABLE public.circle IS 'Who a case is open to, on what basis, from when and until when.';

COMMENT ON COLUMN public.circle.as_lead IS 'Named because they lead the case: it ends when another does.';

COMMENT ON COLUMN public.circle.restriction_id IS 'The restriction, laid from another file, that named this person.';

COMMENT ON COLUMN public.circle.full_at IS 'From here the lens is the meeting''s: account entries of class marac and full answers.';

COMMENT ON COLUMN public.circle.paused IS 'The case rests: the row opens nothing until the case is opened again. Kept by triggers.';

CREATE TABLE public.confidentiality_statements (
    marac_id uuid NOT NULL,
    version integer NOT NULL,
    text text NOT NULL,
    created_by uuid,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT confidentiality_statements_version_check CHECK ((version > 0))
);

COMMENT ON TABLE public.confidentiality_statements IS 'The area''s own wording, version by version. Version 0 is the one the program ships.';

CREATE TABLE public.conflicts_of_interest (
    id uuid NOT NULL,
    marac_id uuid NOT NULL,
    case_id uuid NOT NULL,
    agenda_item_id uuid NOT NULL,
    exclusion_id uuid NOT NULL,
    declared_by uuid,
    created_at timestamp with time zone NOT NULL
);

COMMENT ON TABLE public.conflicts_of_interest IS 'Declared at a meeting; whom it names and why stand in the exclusion it set.';

CREATE TABLE public.damaged_meeting_parts (
    id uuid NOT NULL,
    marac_id uuid NOT NULL,
    meeting_id uuid NOT NULL,
    part text NOT NULL,
    field text NOT NULL,
    row_id uuid NOT NULL,
    digest text NOT NULL,
    found_at timestamp with time zone NOT NULL,
    seen_at timestamp with time zone NOT NULL
);

COMMENT ON TABLE public.damaged_meeting_parts IS 'Which parts of meetings cannot be read. Holds no content.';

CREATE TABLE public.damaged_parts (
    id uuid NOT NULL,
    marac_id uuid NOT NULL,
    case_id uuid NOT NULL,
    part text NOT NULL,
    field text NOT NULL,
    row_id uuid NOT NULL,
    digest text,
    was text,
    found_at timestamp with time zone NOT NULL,
    seen_at timestamp with time zone NOT NULL
);

COMMENT ON TABLE public.damaged_parts IS 'Which parts of cases cannot be read. Holds no content but dates that no calendar has.';

CREATE TABLE public.data_keys (
    case_id uuid NOT NULL,
    marac_id uuid NOT NULL,
    master_key_id text NOT NULL,
    wrapped bytea,
    destroyed_at timestamp with time zone,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT data_keys_check CHECK (((wrapped IS NULL) = (destroyed_at IS NOT NULL)))
);

CREATE TABLE public.entry_openings (
    entry_id uuid NOT NULL,
    question_id uuid NOT NULL,
    marac_id uuid NOT NULL,
    case_id uuid NOT NULL,
    agency_id uuid NOT NULL,
    circle_id uuid NOT NULL,
    opened_by uuid,
    created_at timestamp with time zone NOT NULL
);

CREATE TABLE public.exclusions (
    id uuid NOT NULL,
    marac_id uuid NOT NULL,
    case_id uuid NOT NULL,
    referral_id uuid,
    user_id uuid,
    actor_id uuid,
    agency_id uuid,
    client_id uuid,
    exempt_user_id uuid,
    reason bytea,
    set_by uuid,
    origin_id uuid,
    root_id uuid,
    laid_by text,
    ends_at timestamp with time zone DEFAULT 'infinity'::timestamp with time zone NOT NULL,
    lifted_by uuid,
    version integer DEFAULT 1 NOT NULL,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT exclusions_check1 CHECK (((exempt_user_id IS NULL) OR (agency_id IS NOT NULL))),
    CONSTRAINT exclusions_ends_at_in_range CHECK ((NOT (isfinite(ends_at) AND ((ends_at < '1880-01-01 00:00:00+00'::timestamp with time zone) OR (ends_at > '2199-12-31 23:59:59.999999+00'::timestamp with time zone))))),
    CONSTRAINT exclusions_laid_by_check CHECK ((laid_by = ANY (ARRAY['joined'::text, 'linked'::text, 'same_pair'::text, 'same_person'::text, 'same_dates'::text, 'similar_names'::text, 'same_place'::text, 'same_phone'::text, 'maker'::text]))),
    CONSTRAINT exclusions_laid_check CHECK ((num_nonnulls(origin_id, root_id, laid_by) =
CASE
    WHEN (reason IS NULL) THEN 3
    ELSE 0
END)),
    CONSTRAINT exclusions_subject_check CHECK ((num_nonnulls(user_id, actor_id, agency_id, client_id) = 1))
);

COMMENT ON COLUMN public.exclusions.referral_id IS 'The joined referral on whose file it was set: it goes back there when that one is taken out.';

COMMENT ON COLUMN public.exclusions.origin_id IS 'What this one was laid or inherited from; it is lifted with it.';

COMMENT ON COLUMN public.exclusions.root_id IS 'The exclusion that somebody set, and whose reason holds for all that were laid from it.';

CREATE TABLE public.failed_sign_ins (
    hour timestamp with time zone NOT NULL,
    act text NOT NULL,
    subject uuid NOT NULL,
    failures integer NOT NULL,
    recorded integer DEFAULT 0 NOT NULL
);

COMMENT ON TABLE public.failed_sign_ins IS 'Failures of an hour, by keyed hash of account and network, and how many of them the audit has told of.';

CREATE TABLE public.flag_events (
    id uuid NOT NULL,
    marac_id uuid NOT NULL,
    case_id uuid NOT NULL,
    flag_id uuid NOT NULL,
    agency_id uuid NOT NULL,
    kind text NOT NULL,
    expires_on date NOT NULL,
    by_user_id uuid,
    by_actor_id uuid,
    by_agency_id uuid,
    sealed bytea,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT flag_events_expires_on_in_range CHECK ((NOT ((expires_on < '1880-01-01'::date) OR (expires_on > '2199-12-31'::date)))),
    CONSTRAINT flag_events_kind_check CHECK ((kind = ANY (ARRAY['asked'::text, 'placed'::text, 'not_placed'::text, 'removal_due'::text, 'removed'::text])))
);

COMMENT ON TABLE public.flag_events IS 'What was asked and answered, system and receipt sealed; rows are added, never changed.';

CREATE TABLE public.flags (
    id uuid NOT NULL,
    marac_id uuid NOT NULL,
    case_id uuid NOT NULL,
    agency_id uuid NOT NULL,
    status text NOT NULL,
    asked_on date NOT NULL,
    due_on date NOT NULL,
    expires_on date NOT NULL,
    confirmed_on date,
    confirmed_until date,
    version integer DEFAULT 1 NOT NULL,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT flags_asked_on_in_range CHECK ((NOT ((asked_on < '1880-01-01'::date) OR (asked_on > '2199-12-31'::date)))),
    CONSTRAINT flags_confirmed_on_in_range CHECK ((NOT ((confirmed_on < '1880-01-01'::date) OR (confirmed_on > '2199-12-31'::date)))),
    CONSTRAINT flags_confirmed_until_in_range CHECK ((NOT ((confirmed_until < '1880-01-01'::date) OR (confirmed_until > '2199-12-31'::date)))),
    CONSTRAINT flags_due_on_in_range CHECK ((NOT ((due_on < '1880-01-01'::date) OR (due_on > '2199-12-31'::date)))),
    CONSTRAINT flags_expires_on_in_range CHECK ((NOT ((expires_on < '1880-01-01'::date) OR (expires_on > '2199-12-31'::date)))),
    CONSTRAINT flags_status_check CHECK ((status = ANY (ARRAY['asked'::text, 'placed'::text, 'not_placed'::text, 'removal_due'::text, 'removed'::text])))
);

COMMENT ON TABLE public.flags IS 'A task per case and agency: place a flag, and remove it when the case has lapsed.';

COMMENT ON COLUMN public.flags.due_on IS 'By when the agency answers what it was last asked.';

COMMENT ON COLUMN public.flags.expires_on IS 'Twelve months from the last referral, or the day the case was kept until.';

COMMENT ON COLUMN public.flags.confirmed_until IS 'The day of expiry when the agency last said that it is placed.';

CREATE TABLE public.guesses (
    kind text NOT NULL,
    subject bytea NOT NULL,
    level double precision NOT NULL,
    last_at timestamp with time zone NOT NULL,
    CONSTRAINT guesses_kind_check CHECK ((kind = ANY (ARRAY['account_network'::text, 'account'::text, 'network'::text, 'known_network'::text, 'password'::text, 'secret'::text])))
);

COMMENT ON TABLE public.guesses IS 'Guesses that failed or are being checked, by keyed hash of whom they are counted for, for all servers together.';

COMMENT ON COLUMN public.guesses.level IS 'One more with each guess, less as time goes by (guess_level).';

CREATE TABLE public.hearing_entries (
    id uuid NOT NULL,
    marac_id uuid NOT NULL,
    case_id uuid NOT NULL,
    agenda_item_id uuid NOT NULL,
    kind text NOT NULL,
    sharing text NOT NULL,
    nature text,
    factor text,
    safeguard text,
    decision text,
    police_wish text,
    agency_id uuid NOT NULL,
    author_id uuid,
    actor_id uuid,
    supersedes_id uuid,
    superseded_by_id uuid,
    struck boolean DEFAULT false NOT NULL,
    sealed bytea NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT hearing_entries_check CHECK (((kind = 'information'::text) = (nature IS NOT NULL))),
    CONSTRAINT hearing_entries_check1 CHECK (((kind = 'risk'::text) = (factor IS NOT NULL))),
    CONSTRAINT hearing_entries_check2 CHECK (((kind = 'safeguard'::text) = (safeguard IS NOT NULL))),
    CONSTRAINT hearing_entries_check3 CHECK (((kind = 'safeguard'::text) = (decision IS NOT NULL))),
    CONSTRAINT hearing_entries_check4 CHECK (((kind = 'crime'::text) = (police_wish IS NOT NULL))),
    CONSTRAINT hearing_entries_decision_check CHECK ((decision = ANY (ARRAY['considered'::text, 'decided'::text, 'not_applicable'::text]))),
    CONSTRAINT hearing_entries_factor_check CHECK ((factor = ANY (ARRAY['harm'::text, 'contributory'::text, 'protective'::text]))),
    CONSTRAINT hearing_entries_kind_check CHECK ((kind = ANY (ARRAY['information'::text, 'views'::text, 'risk'::text, 'safeguard'::text, 'crime'::text]))),
    CONSTRAINT hearing_entries_nature_check CHECK ((nature = ANY (ARRAY['fact'::text, 'opinion'::text]))),
    CONSTRAINT hearing_entries_police_wish_check CHECK ((police_wish = ANY (ARRAY['wishes_to_report'::text, 'does_not_wish'::text, 'undecided'::text, 'already_reported'::text, 'not_known'::text]))),
    CONSTRAINT hearing_entries_safeguard_check CHECK ((safeguard = ANY (ARRAY['mappa'::text, 'mace'::text, 'child_protection'::text, 'adult_safeguarding'::text, 'dvds'::text, 'matac'::text, 'perpetrator_programme'::text, 'iom'::text, 'civil_order'::text, 'national_referral_mechanism'::text, 'channel'::text, 'other'::text]))),
    CONSTRAINT hearing_entries_sharing_check CHECK ((sharing = ANY (ARRAY['marac'::text, 'restricted'::text])))
);

COMMENT ON TABLE public.hearing_entries IS 'What was said of a case at a meeting: a row for each saying, never overwritten. A correction is a later row.';

COMMENT ON COLUMN public.hearing_entries.agency_id IS 'Whose words they are; the author may write for another.';

COMMENT ON COLUMN public.hearing_entries.struck IS 'A correction that takes the earlier words out.';

CREATE TABLE public.idempotency_keys (
    principal_id uuid NOT NULL,
    operation text NOT NULL,
    key text NOT NULL,
    digest bytea NOT NULL,
    status smallint NOT NULL,
    resource_id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL
);

CREATE TABLE public.identity_differences (
    id uuid NOT NULL,
    marac_id uuid NOT NULL,
    case_id uuid NOT NULL,
    party_id uuid NOT NULL,
    referral_id uuid NOT NULL,
    sealed bytea NOT NULL,
    decision text,
    decided_by uuid,
    decided_at timestamp with time zone,
    taken_over boolean DEFAULT false NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT identity_differences_check CHECK (((decision IS NULL) = (decided_at IS NULL))),
    CONSTRAINT identity_differences_decision_check CHECK ((decision = ANY (ARRAY['alias'::text, 'correct'::text, 'leave'::text])))
);

COMMENT ON TABLE public.identity_differences IS 'Names and dates in which a joined referral differs from what is recorded of somebody, as the referral has them.';

COMMENT ON COLUMN public.identity_differences.taken_over IS 'A decision has put it into the case; a later one takes nothing back.';

CREATE TABLE public.idva_allocations (
    id uuid NOT NULL,
    marac_id uuid NOT NULL,
    case_id uuid NOT NULL,
    agency_id uuid NOT NULL,
    user_id uuid,
    starts_on date NOT NULL,
    ends_on date,
    engagement text NOT NULL,
    engagement_on date,
    contact_due_at timestamp with time zone NOT NULL,
    contacted_at timestamp with time zone,
    reminded_at timestamp with time zone,
    sealed bytea,
    created_by uuid,
    version integer DEFAULT 1 NOT NULL,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT idva_allocations_contact_due_at_in_range CHECK ((NOT (isfinite(contact_due_at) AND ((contact_due_at < '1880-01-01 00:00:00+00'::timestamp with time zone) OR (contact_due_at > '2199-12-31 23:59:59.999999+00'::timestamp with time zone))))),
    CONSTRAINT idva_allocations_ends_on_in_range CHECK ((NOT ((ends_on < '1880-01-01'::date) OR (ends_on > '2199-12-31'::date)))),
    CONSTRAINT idva_allocations_engagement_check CHECK ((engagement = ANY (ARRAY['not_yet'::text, 'engaged'::text, 'declined'::text, 'not_reached'::text]))),
    CONSTRAINT idva_allocations_engagement_on_in_range CHECK ((NOT ((engagement_on < '1880-01-01'::date) OR (engagement_on > '2199-12-31'::date)))),
    CONSTRAINT idva_allocations_starts_on_in_range CHECK ((NOT ((starts_on < '1880-01-01'::date) OR (starts_on > '2199-12-31'::date))))
);

COMMENT ON COLUMN public.idva_allocations.contacted_at IS 'The first time the survivor was tried, whatever came of it.';

COMMENT ON COLUMN public.idva_allocations.sealed IS 'Why the survivor declined, or why the allocation ended.';

CREATE TABLE public.idva_contacts (
    id uuid NOT NULL,
    marac_id uuid NOT NULL,
    case_id uuid NOT NULL,
    allocation_id uuid NOT NULL,
    agency_id uuid NOT NULL,
    purpose text NOT NULL,
    channel text NOT NULL,
    contact_id uuid,
    marked_safe boolean NOT NULL,
    result text NOT NULL,
    tried_at timestamp with time zone NOT NULL,
    meeting_id uuid,
    by_user_id uuid,
    by_actor_id uuid,
    sealed bytea NOT NULL,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT idva_contacts_channel_check CHECK ((channel = ANY (ARRAY['call'::text, 'text'::text, 'voicemail'::text, 'email'::text, 'third_party'::text, 'in_person'::text]))),
    CONSTRAINT idva_contacts_check CHECK (((contact_id IS NULL) = (channel = 'in_person'::text))),
    CONSTRAINT idva_contacts_purpose_check CHECK ((purpose = ANY (ARRAY['before_meeting'::text, 'feedback'::text, 'other'::text]))),
    CONSTRAINT idva_contacts_result_check CHECK ((result = ANY (ARRAY['reached'::text, 'no_answer'::text, 'message_left'::text, 'not_safe_to_talk'::text, 'declined_to_talk'::text]))),
    CONSTRAINT idva_contacts_tried_at_in_range CHECK ((NOT (isfinite(tried_at) AND ((tried_at < '1880-01-01 00:00:00+00'::timestamp with time zone) OR (tried_at > '2199-12-31 23:59:59.999999+00'::timestamp with time zone)))))
);

COMMENT ON TABLE public.idva_contacts IS 'What the survivor was told and said, sealed; rows are added, never changed.';

COMMENT ON COLUMN public.idva_contacts.marked_safe IS 'Whether the channel was marked safe when it was used; if not, the sealed part says why it was.';

CREATE TABLE public.installation (
    only_row boolean DEFAULT true NOT NULL,
    demonstration boolean NOT NULL,
    key_check bytea NOT NULL,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT installation_only_row_check CHECK (only_row)
);

COMMENT ON TABLE public.installation IS 'What this database is: a demonstration or the real thing, and whose keys open it.';

CREATE TABLE public.invitations (
    id uuid NOT NULL,
    user_id uuid NOT NULL,
    token_hash bytea NOT NULL,
    created_by uuid,
    expires_at timestamp with time zone NOT NULL,
    used_at timestamp with time zone,
    created_at timestamp with time zone NOT NULL
);

CREATE TABLE public.jobs (
    name text NOT NULL,
    next_at timestamp with time zone NOT NULL,
    taken_at timestamp with time zone,
    done_at timestamp with time zone,
    failures integer DEFAULT 0 NOT NULL
);

COMMENT ON TABLE public.jobs IS 'When each job of the program is due next, whichever server runs it.';

COMMENT ON COLUMN public.jobs.failures IS 'Failures in a row; none since the last success.';

CREATE TABLE public.known_networks (
    user_id uuid NOT NULL,
    network bytea NOT NULL,
    first_at timestamp with time zone NOT NULL,
    last_at timestamp with time zone NOT NULL
);

COMMENT ON TABLE public.known_networks IS 'Networks that an account signed in from, as hashes keyed with the account: the same network of two accounts looks different.';

CREATE TABLE public.lapse_notices (
    id uuid NOT NULL,
    marac_id uuid NOT NULL,
    case_id uuid NOT NULL,
    lapses_on date NOT NULL,
    status text NOT NULL,
    kept_until date,
    decided_by uuid,
    decided_at timestamp with time zone,
    decision bytea,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT lapse_notices_check CHECK (((status = 'open'::text) = (decided_at IS NULL))),
    CONSTRAINT lapse_notices_check1 CHECK (((status = 'kept'::text) = (kept_until IS NOT NULL))),
    CONSTRAINT lapse_notices_kept_until_in_range CHECK ((NOT ((kept_until < '1880-01-01'::date) OR (kept_until > '2199-12-31'::date)))),
    CONSTRAINT lapse_notices_lapses_on_in_range CHECK ((NOT ((lapses_on < '1880-01-01'::date) OR (lapses_on > '2199-12-31'::date)))),
    CONSTRAINT lapse_notices_status_check CHECK ((status = ANY (ARRAY['open'::text, 'lapsed'::text, 'kept'::text])))
);

COMMENT ON TABLE public.lapse_notices IS 'One per case and day of lapse, for the next agenda (R14). Nothing lapses but by a person''s decision on it.';

CREATE TABLE public.marac_agencies (
    marac_id uuid NOT NULL,
    agency_id uuid NOT NULL,
    core boolean DEFAULT false NOT NULL,
    agreement_signed_on date,
    agreement_signatory text,
    agreement_review_on date,
    access_ends_at timestamp with time zone,
    suspended_at timestamp with time zone,
    suspended_by uuid,
    suspension_reason text,
    version integer DEFAULT 1 NOT NULL,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT marac_agencies_access_ends_at_in_range CHECK ((NOT (isfinite(access_ends_at) AND ((access_ends_at < '1880-01-01 00:00:00+00'::timestamp with time zone) OR (access_ends_at > '2199-12-31 23:59:59.999999+00'::timestamp with time zone))))),
    CONSTRAINT marac_agencies_agreement_review_on_in_range CHECK ((NOT ((agreement_review_on < '1880-01-01'::date) OR (agreement_review_on > '2199-12-31'::date)))),
    CONSTRAINT marac_agencies_agreement_signed_on_in_range CHECK ((NOT ((agreement_signed_on < '1880-01-01'::date) OR (agreement_signed_on > '2199-12-31'::date))))
);

COMMENT ON COLUMN public.marac_agencies.agreement_review_on IS 'A date past warns and stops new listings; access ends only by access_ends_at or a suspension.';

CREATE TABLE public.maracs (
    id uuid NOT NULL,
    code text NOT NULL,
    name text NOT NULL COLLATE public.english,
    local_authority_codes text[] DEFAULT '{}'::text[] NOT NULL,
    police_force_area text,
    adult_female_population integer,
    adult_female_population_year integer,
    time_zone text DEFAULT 'Europe/London'::text NOT NULL,
    settings jsonb DEFAULT '{}'::jsonb NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT maracs_adult_female_population_check CHECK ((adult_female_population > 0)),
    CONSTRAINT maracs_code_check CHECK ((code ~ '^[A-Z][A-Z0-9]{1,5}$'::text))
);

COMMENT ON TABLE public.maracs IS 'An area conference: the tenant.';

CREATE TABLE public.match_tokens (
    marac_id uuid NOT NULL,
    case_id uuid NOT NULL,
    kind text NOT NULL,
    token bytea NOT NULL,
    version smallint DEFAULT 1 NOT NULL,
    CONSTRAINT match_tokens_kind_check CHECK ((kind = ANY (ARRAY['pair'::text, 'survivor'::text, 'perpetrator'::text, 'child'::text, 'person'::text, 'pair_names'::text, 'pair_born'::text, 'family_born'::text, 'given_born'::text, 'sound'::text, 'place'::text, 'place_sound'::text, 'door'::text, 'phone'::text])))
);

COMMENT ON TABLE public.match_tokens IS 'Keyed hashes of two or more fields together; never of one alone.';

COMMENT ON COLUMN public.match_tokens.version IS 'Of how tokens are made, when this one was.';

CREATE TABLE public.meeting_keys (
    meeting_id uuid NOT NULL,
    marac_id uuid NOT NULL,
    master_key_id text NOT NULL,
    wrapped bytea,
    destroyed_at timestamp with time zone,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT meeting_keys_check CHECK (((wrapped IS NULL) = (destroyed_at IS NOT NULL)))
);

COMMENT ON TABLE public.meeting_keys IS 'Keys of what is told at a meeting about no case. Kept as data_keys are: apart, with a life of their own.';

CREATE TABLE public.meetings (
    id uuid NOT NULL,
    marac_id uuid NOT NULL,
    kind text NOT NULL,
    starts_at timestamp with time zone NOT NULL,
    time_zone text NOT NULL,
    mode text NOT NULL,
    place text,
    status text NOT NULL,
    minutes_per_case smallint NOT NULL,
    capacity smallint NOT NULL,
    circulated_at timestamp with time zone,
    started_at timestamp with time zone,
    ended_at timestamp with time zone,
    settings_version integer NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT meetings_capacity_check CHECK ((capacity > 0)),
    CONSTRAINT meetings_kind_check CHECK ((kind = ANY (ARRAY['scheduled'::text, 'emergency'::text, 'business'::text]))),
    CONSTRAINT meetings_minutes_per_case_check CHECK (((minutes_per_case >= 1) AND (minutes_per_case <= 120))),
    CONSTRAINT meetings_mode_check CHECK ((mode = ANY (ARRAY['in_person'::text, 'online'::text, 'hybrid'::text]))),
    CONSTRAINT meetings_starts_at_in_range CHECK ((NOT (isfinite(starts_at) AND ((starts_at < '1880-01-01 00:00:00+00'::timestamp with time zone) OR (starts_at > '2199-12-31 23:59:59.999999+00'::timestamp with time zone))))),
    CONSTRAINT meetings_status_check CHECK ((status = ANY (ARRAY['planned'::text, 'circulated'::text, 'in_session'::text, 'held'::text, 'minuted'::text, 'cancelled'::text])))
);

CREATE TABLE public.minutes_parts (
    id uuid NOT NULL,
    marac_id uuid NOT NULL,
    case_id uuid NOT NULL,
    meeting_id uuid NOT NULL,
    version_id uuid NOT NULL,
    "position" integer NOT NULL,
    sealed bytea NOT NULL,
    created_at timestamp with time zone NOT NULL
);

COMMENT ON TABLE public.minutes_parts IS 'A case without a part in a version stands as in the version before.';

CREATE TABLE public.minutes_versions (
    id uuid NOT NULL,
    marac_id uuid NOT NULL,
    meeting_id uuid NOT NULL,
    number integer NOT NULL,
    status text NOT NULL,
    due_on date NOT NULL,
    frame bytea,
    drafted_by uuid,
    drafted_at timestamp with time zone NOT NULL,
    approved_by uuid,
    approved_at timestamp with time zone,
    issued_by uuid,
    issued_at timestamp with time zone,
    version integer DEFAULT 1 NOT NULL,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT minutes_versions_check CHECK (((status = 'draft'::text) = (approved_at IS NULL))),
    CONSTRAINT minutes_versions_check1 CHECK (((status = 'issued'::text) = (issued_at IS NOT NULL))),
    CONSTRAINT minutes_versions_due_on_in_range CHECK ((NOT ((due_on < '1880-01-01'::date) OR (due_on > '2199-12-31'::date)))),
    CONSTRAINT minutes_versions_number_check CHECK ((number > 0)),
    CONSTRAINT minutes_versions_status_check CHECK ((status = ANY (ARRAY['draft'::text, 'approved'::text, 'issued'::text])))
);

COMMENT ON COLUMN public.minutes_versions.due_on IS 'By the settings as they stood when it was drafted (R25).';

COMMENT ON COLUMN public.minutes_versions.frame IS 'Null: as in the version before.';

CREATE TABLE public.notification_preferences (
    user_id uuid NOT NULL,
    kind text NOT NULL,
    email boolean NOT NULL,
    CONSTRAINT notification_preferences_kind_check CHECK ((kind = ANY (ARRAY['referral_received'::text, 'referral_returned'::text, 'referral_accepted'::text, 'referral_not_accepted'::text, 'decision_challenged'::text, 'case_listed'::text, 'research_due'::text, 'research_late'::text, 'meeting_moved'::text, 'meeting_cancelled'::text, 'action_assigned'::text, 'action_due'::text, 'action_overdue'::text, 'action_escalated'::text, 'action_reported'::text, 'minutes_issued'::text, 'question_asked'::text, 'question_answered'::text, 'case_lapsing'::text, 'case_lapsed'::text, 'flag_due'::text, 'idva_contact_due'::text, 'cover_taken'::text, 'password_reset'::text, 'account_made'::text, 'account_changed'::text, 'role_granted'::text, 'grant_to_confirm'::text, 'client_changed'::text, 'own_account_changed'::text])))
);

CREATE TABLE public.notifications (
    id uuid NOT NULL,
    marac_id uuid NOT NULL,
    case_id uuid,
    user_id uuid,
    client_id uuid,
    kind text NOT NULL,
    subject text NOT NULL,
    subject_id uuid NOT NULL,
    once text,
    read_at timestamp with time zone,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT notifications_check CHECK ((num_nonnulls(user_id, client_id) = 1)),
    CONSTRAINT notifications_kind_check CHECK ((kind = ANY (ARRAY['referral_received'::text, 'referral_returned'::text, 'referral_accepted'::text, 'referral_not_accepted'::text, 'decision_challenged'::text, 'case_listed'::text, 'research_due'::text, 'research_late'::text, 'meeting_moved'::text, 'meeting_cancelled'::text, 'action_assigned'::text, 'action_due'::text, 'action_overdue'::text, 'action_escalated'::text, 'action_reported'::text, 'minutes_issued'::text, 'question_asked'::text, 'question_answered'::text, 'case_lapsing'::text, 'case_lapsed'::text, 'flag_due'::text, 'idva_contact_due'::text, 'cover_taken'::text, 'password_reset'::text, 'account_made'::text, 'account_changed'::text, 'role_granted'::text, 'grant_to_confirm'::text, 'client_changed'::text, 'own_account_changed'::text]))),
    CONSTRAINT notifications_subject_check CHECK ((subject ~ '^[a-z_]{1,40}$'::text))
);

COMMENT ON COLUMN public.notifications.once IS 'What was told under this key is not told to the same recipient again; null: told each time.';

CREATE TABLE public.outbox (
    id uuid NOT NULL,
    user_id uuid NOT NULL,
    kind text,
    notices uuid[] NOT NULL,
    letter text,
    sealed bytea,
    master_key_id text,
    attempts smallint DEFAULT 0 NOT NULL,
    next_at timestamp with time zone NOT NULL,
    handed_at timestamp with time zone,
    outcome text,
    ended_at timestamp with time zone,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT outbox_check CHECK (((outcome IS NULL) = (ended_at IS NULL))),
    CONSTRAINT outbox_kind_check CHECK ((kind = ANY (ARRAY['referral_received'::text, 'referral_returned'::text, 'referral_accepted'::text, 'referral_not_accepted'::text, 'decision_challenged'::text, 'case_listed'::text, 'research_due'::text, 'research_late'::text, 'meeting_moved'::text, 'meeting_cancelled'::text, 'action_assigned'::text, 'action_due'::text, 'action_overdue'::text, 'action_escalated'::text, 'action_reported'::text, 'minutes_issued'::text, 'question_asked'::text, 'question_answered'::text, 'case_lapsing'::text, 'case_lapsed'::text, 'flag_due'::text, 'idva_contact_due'::text, 'cover_taken'::text, 'password_reset'::text, 'account_made'::text, 'account_changed'::text, 'role_granted'::text, 'grant_to_confirm'::text, 'client_changed'::text, 'own_account_changed'::text]))),
    CONSTRAINT outbox_letter_check CHECK ((letter = ANY (ARRAY['invitation'::text, 'password_link'::text, 'address_link'::text, 'account_changed'::text]))),
    CONSTRAINT outbox_notice_or_letter CHECK ((num_nonnulls(kind, letter) = 1)),
    CONSTRAINT outbox_outcome_check CHECK ((outcome = ANY (ARRAY['sent'::text, 'refused'::text, 'given_up'::text, 'in_doubt'::text, 'withheld'::text]))),
    CONSTRAINT outbox_sealed_until_ended CHECK (((sealed IS NOT NULL) = ((letter IS NOT NULL) AND (outcome IS NULL))))
);

COMMENT ON TABLE public.outbox IS 'E-mail to be sent: to whom and of what kind. Its text is made when it is sent, and never stored.';

COMMENT ON COLUMN public.outbox.sealed IS 'Address and words of a letter; null once it has ended.';

COMMENT ON COLUMN public.outbox.handed_at IS 'Set before the text is handed to the mail server. With no outcome after it, nobody knows whether it went, and it is not sent again.';

CREATE TABLE public.parties (
    id uuid NOT NULL,
    marac_id uuid NOT NULL,
    case_id uuid NOT NULL,
    referral_id uuid,
    also_from uuid[] DEFAULT '{}'::uuid[] NOT NULL,
    person_id uuid NOT NULL,
    role text NOT NULL,
    identity bytea NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT parties_role_check CHECK ((role = ANY (ARRAY['survivor'::text, 'perpetrator'::text, 'child'::text, 'other_adult'::text])))
);

COMMENT ON COLUMN public.parties.referral_id IS 'The referral it came with; null: recorded on the case.';

COMMENT ON COLUMN public.parties.also_from IS 'Later referrals that say the same: it stays when the one it came with is taken out.';

CREATE TABLE public.party_addresses (
    id uuid NOT NULL,
    marac_id uuid NOT NULL,
    case_id uuid NOT NULL,
    referral_id uuid,
    also_from uuid[] DEFAULT '{}'::uuid[] NOT NULL,
    party_id uuid NOT NULL,
    kind text NOT NULL,
    confidential boolean NOT NULL,
    known_to_perpetrator text NOT NULL,
    valid_from date,
    valid_to date,
    sealed bytea NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT party_addresses_kind_check CHECK ((kind = ANY (ARRAY['current'::text, 'usual'::text, 'previous'::text, 'refuge'::text]))),
    CONSTRAINT party_addresses_known_to_perpetrator_check CHECK ((known_to_perpetrator = ANY (ARRAY['yes'::text, 'no'::text, 'unknown'::text]))),
    CONSTRAINT party_addresses_refuge_is_confidential CHECK (((kind <> 'refuge'::text) OR confidential)),
    CONSTRAINT party_addresses_valid_from_in_range CHECK ((NOT ((valid_from < '1880-01-01'::date) OR (valid_from > '2199-12-31'::date)))),
    CONSTRAINT party_addresses_valid_to_in_range CHECK ((NOT ((valid_to < '1880-01-01'::date) OR (valid_to > '2199-12-31'::date))))
);

COMMENT ON COLUMN public.party_addresses.referral_id IS 'The referral it came with; null: recorded on the case.';

COMMENT ON COLUMN public.party_addresses.also_from IS 'Later referrals that say the same: it stays when the one it came with is taken out.';

CREATE TABLE public.party_characteristics (
    party_id uuid NOT NULL,
    marac_id uuid NOT NULL,
    case_id uuid NOT NULL,
    referral_id uuid,
    sealed bytea NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    created_at timestamp with time zone NOT NULL
);

COMMENT ON COLUMN public.party_characteristics.referral_id IS 'The referral it came with; null: recorded on the case.';

CREATE TABLE public.party_contacts (
    id uuid NOT NULL,
    marac_id uuid NOT NULL,
    case_id uuid NOT NULL,
    referral_id uuid,
    also_from uuid[] DEFAULT '{}'::uuid[] NOT NULL,
    party_id uuid NOT NULL,
    kind text NOT NULL,
    safe_to_call boolean DEFAULT false NOT NULL,
    safe_to_text boolean DEFAULT false NOT NULL,
    safe_voicemail boolean DEFAULT false NOT NULL,
    withheld_number boolean DEFAULT true NOT NULL,
    confirmed_at timestamp with time zone,
    sealed bytea NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT party_contacts_kind_check CHECK ((kind = ANY (ARRAY['phone'::text, 'email'::text, 'third_party'::text])))
);

COMMENT ON COLUMN public.party_contacts.referral_id IS 'The referral it came with; null: recorded on the case.';

COMMENT ON COLUMN public.party_contacts.also_from IS 'Later referrals that say the same: it stays when the one it came with is taken out.';

CREATE TABLE public.party_relationships (
    id uuid NOT NULL,
    marac_id uuid NOT NULL,
    case_id uuid NOT NULL,
    referral_id uuid,
    also_from uuid[] DEFAULT '{}'::uuid[] NOT NULL,
    filled_by_id uuid,
    from_party_id uuid NOT NULL,
    to_party_id uuid NOT NULL,
    kind text NOT NULL,
    living_together text NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT party_relationships_check CHECK ((from_party_id <> to_party_id)),
    CONSTRAINT party_relationships_living_together_check CHECK ((living_together = ANY (ARRAY['yes'::text, 'no'::text, 'unknown'::text])))
);

COMMENT ON COLUMN public.party_relationships.referral_id IS 'The referral it came with; null: recorded on the case.';

COMMENT ON COLUMN public.party_relationships.also_from IS 'Later referrals that say the same: it stays when the one it came with is taken out.';

COMMENT ON COLUMN public.party_relationships.filled_by_id IS 'The joined referral whose word stands here in place of another one; null once somebody has set it by hand.';

CREATE TABLE public.pending_grants (
    id uuid NOT NULL,
    kind text NOT NULL,
    marac_id uuid,
    user_id uuid,
    client_id uuid,
    actor_id uuid,
    role text,
    rights text[],
    ends_at timestamp with time zone DEFAULT 'infinity'::timestamp with time zone NOT NULL,
    asked_by uuid,
    expires_at timestamp with time zone NOT NULL,
    outcome text,
    decided_by uuid,
    decided_at timestamp with time zone,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT pending_grants_check CHECK (((outcome IS NULL) = (decided_at IS NULL))),
    CONSTRAINT pending_grants_check1 CHECK (
CASE kind
    WHEN 'role'::text THEN ((role IS NOT NULL) AND (marac_id IS NOT NULL) AND (num_nonnulls(user_id, client_id) = 1))
    WHEN 'rights'::text THEN ((rights IS NOT NULL) AND (client_id IS NOT NULL))
    ELSE ((actor_id IS NOT NULL) AND (user_id IS NOT NULL) AND (client_id IS NOT NULL))
END),
    CONSTRAINT pending_grants_kind_check CHECK ((kind = ANY (ARRAY['role'::text, 'rights'::text, 'link'::text]))),
    CONSTRAINT pending_grants_outcome_check CHECK ((outcome = ANY (ARRAY['confirmed'::text, 'refused'::text, 'withdrawn'::text]))),
    CONSTRAINT pending_grants_role_check CHECK ((role = ANY (ARRAY['practitioner'::text, 'idva'::text, 'representative'::text, 'agency_lead'::text, 'coordinator'::text, 'chair'::text, 'observer'::text, 'analyst'::text, 'auditor'::text])))
);

CREATE TABLE public.persons (
    id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL
);

COMMENT ON TABLE public.persons IS 'A link that matching makes between parties. Holds no content.';

CREATE TABLE public.questions (
    id uuid NOT NULL,
    marac_id uuid NOT NULL,
    case_id uuid NOT NULL,
    heading text NOT NULL,
    status text NOT NULL,
    agency_id uuid NOT NULL,
    asked_by uuid,
    actor_id uuid,
    read_entries uuid[] DEFAULT '{}'::uuid[] NOT NULL,
    answer_entries uuid[] DEFAULT '{}'::uuid[] NOT NULL,
    taken_at timestamp with time zone,
    taken_by uuid,
    settled_at timestamp with time zone,
    settled_by uuid,
    sealed bytea NOT NULL,
    settling bytea,
    version integer DEFAULT 1 NOT NULL,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT questions_check CHECK (((settled_at IS NULL) = (status = ANY (ARRAY['open'::text, 'taken'::text])))),
    CONSTRAINT questions_heading_check CHECK ((heading = ANY (ARRAY['what_happened'::text, 'who_else_is_affected'::text, 'what_is_feared'::text, 'what_the_survivor_wants'::text, 'what_has_been_tried'::text, 'what_is_needed_now'::text, 'practical_safety'::text]))),
    CONSTRAINT questions_status_check CHECK ((status = ANY (ARRAY['open'::text, 'taken'::text, 'answered_from_account'::text, 'answered_new'::text, 'declined'::text, 'withdrawn'::text])))
);

COMMENT ON COLUMN public.questions.read_entries IS 'Entries under the heading that the asker could read, and named as read, before asking.';

COMMENT ON COLUMN public.questions.settling IS 'A note to the answer, or why it was declined, sealed.';

CREATE TABLE public.referral_counts (
    referral_id uuid NOT NULL,
    marac_id uuid NOT NULL,
    case_id uuid NOT NULL,
    referred_on date NOT NULL,
    source text NOT NULL,
    co_source text,
    gender text NOT NULL,
    ethnicity text NOT NULL,
    lgbt text NOT NULL,
    disabled text NOT NULL,
    age smallint,
    perpetrator_under_18 text NOT NULL,
    children smallint NOT NULL,
    filed_at timestamp with time zone,
    CONSTRAINT referral_counts_children_check CHECK ((children >= 0)),
    CONSTRAINT referral_counts_disabled_check CHECK ((disabled = ANY (ARRAY['yes'::text, 'no'::text, 'unknown'::text]))),
    CONSTRAINT referral_counts_lgbt_check CHECK ((lgbt = ANY (ARRAY['yes'::text, 'no'::text, 'unknown'::text]))),
    CONSTRAINT referral_counts_perpetrator_under_18_check CHECK ((perpetrator_under_18 = ANY (ARRAY['yes'::text, 'no'::text, 'unknown'::text]))),
    CONSTRAINT referral_counts_referred_on_in_range CHECK ((NOT ((referred_on < '1880-01-01'::date) OR (referred_on > '2199-12-31'::date))))
);

COMMENT ON TABLE public.referral_counts IS 'What is counted, as at the referral date; names nobody.';

CREATE TABLE public.referral_joins (
    referral_id uuid NOT NULL,
    marac_id uuid NOT NULL,
    case_id uuid NOT NULL,
    file_id uuid NOT NULL,
    reason bytea,
    status_before text NOT NULL,
    closed_before timestamp with time zone,
    joined_by uuid,
    unjoined_at timestamp with time zone,
    unjoined_by uuid,
    unjoin_reason bytea,
    version integer DEFAULT 1 NOT NULL,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT referral_joins_check CHECK (((unjoined_at IS NULL) = (unjoin_reason IS NULL))),
    CONSTRAINT referral_joins_status_before_check CHECK ((status_before = ANY (ARRAY['intake'::text, 'not_accepted'::text, 'listed'::text, 'heard'::text, 'monitoring'::text, 'lapsed'::text, 'closed'::text, 'transferred_out'::text, 'joined'::text])))
);

COMMENT ON TABLE public.referral_joins IS 'Referrals that were joined to a case, why, and how the case stood before.';

CREATE TABLE public.referrals (
    id uuid NOT NULL,
    marac_id uuid NOT NULL,
    case_id uuid NOT NULL,
    own_file_id uuid,
    agency_id uuid NOT NULL,
    co_agency_id uuid,
    submitted_by uuid,
    actor_id uuid,
    external_ref text,
    status text NOT NULL,
    urgent boolean DEFAULT false NOT NULL,
    referred_on date,
    submitted_at timestamp with time zone,
    document bytea NOT NULL,
    tool text,
    tool_version integer,
    score smallint,
    maximum smallint,
    not_asked_count smallint,
    criteria text[] DEFAULT '{}'::text[] NOT NULL,
    idva_referral text,
    missing text[] DEFAULT '{}'::text[] NOT NULL,
    gaps text[] DEFAULT '{}'::text[] NOT NULL,
    is_repeat boolean,
    separate bytea,
    decided_by uuid,
    decided_at timestamp with time zone,
    decision bytea,
    challenge bytea,
    challenged_at timestamp with time zone,
    version integer DEFAULT 1 NOT NULL,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT referrals_idva_referral_check CHECK ((idva_referral = ANY (ARRAY['made'::text, 'declined'::text, 'already_open'::text, 'not_made'::text, 'unknown'::text]))),
    CONSTRAINT referrals_referred_on_in_range CHECK ((NOT ((referred_on < '1880-01-01'::date) OR (referred_on > '2199-12-31'::date)))),
    CONSTRAINT referrals_status_check CHECK ((status = ANY (ARRAY['draft'::text, 'submitted'::text, 'returned'::text, 'accepted'::text, 'not_accepted'::text, 'withdrawn'::text])))
);

COMMENT ON COLUMN public.referrals.own_file_id IS 'The file it was sent in, once it was joined to another one.';

COMMENT ON COLUMN public.referrals.document IS 'The referral as received, sealed under its case''s key.';

COMMENT ON COLUMN public.referrals.separate IS 'Why it opened a case of its own although its pair was known.';

CREATE TABLE public.refresh_tokens (
    token_hash bytea NOT NULL,
    session_id uuid NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    used_at timestamp with time zone,
    created_at timestamp with time zone NOT NULL
);

CREATE TABLE public.registered_actors (
    id uuid NOT NULL,
    agency_id uuid NOT NULL,
    client_id uuid NOT NULL,
    partner_ref text NOT NULL,
    name text NOT NULL COLLATE public.english,
    kind text NOT NULL,
    user_id uuid,
    disabled_at timestamp with time zone,
    version integer DEFAULT 1 NOT NULL,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT registered_actors_kind_check CHECK ((kind = ANY (ARRAY['person'::text, 'service'::text])))
);

CREATE TABLE public.research_returns (
    id uuid NOT NULL,
    marac_id uuid NOT NULL,
    case_id uuid NOT NULL,
    meeting_id uuid NOT NULL,
    agenda_item_id uuid NOT NULL,
    agency_id uuid NOT NULL,
    status text NOT NULL,
    standing text NOT NULL,
    nothing_known boolean DEFAULT false NOT NULL,
    due_on date NOT NULL,
    requested_at timestamp with time zone NOT NULL,
    answered_on date,
    answered_at timestamp with time zone,
    private bytea,
    shareable bytea,
    exemption bytea,
    batch_id uuid,
    by_user_id uuid,
    by_actor_id uuid,
    version integer DEFAULT 1 NOT NULL,
    CONSTRAINT research_returns_answered_on_in_range CHECK ((NOT ((answered_on < '1880-01-01'::date) OR (answered_on > '2199-12-31'::date)))),
    CONSTRAINT research_returns_check CHECK (((answered_on IS NULL) = (status = ANY (ARRAY['requested'::text, 'exempt'::text])))),
    CONSTRAINT research_returns_due_on_in_range CHECK ((NOT ((due_on < '1880-01-01'::date) OR (due_on > '2199-12-31'::date)))),
    CONSTRAINT research_returns_standing_check CHECK ((standing = ANY (ARRAY['open'::text, 'closed'::text, 'withdrawn'::text]))),
    CONSTRAINT research_returns_status_check CHECK ((status = ANY (ARRAY['requested'::text, 'nothing_known'::text, 'returned'::text, 'late'::text, 'exempt'::text])))
);

COMMENT ON COLUMN public.research_returns.standing IS 'Open to an answer; closed, because the meeting has begun; withdrawn, because nothing is asked any more.';

COMMENT ON COLUMN public.research_returns.nothing_known IS 'The agency knows nothing: an answer of its own, late or not.';

COMMENT ON COLUMN public.research_returns.answered_on IS 'Day of the first answer: a later change does not make it late.';

COMMENT ON COLUMN public.research_returns.private IS 'The agency''s own: read by its representatives and IDVAs alone.';

COMMENT ON COLUMN public.research_returns.batch_id IS 'The request that answered a whole list, for its retry.';

CREATE TABLE public.research_versions (
    id uuid NOT NULL,
    marac_id uuid NOT NULL,
    case_id uuid NOT NULL,
    return_id uuid NOT NULL,
    version integer NOT NULL,
    status text NOT NULL,
    private bytea,
    shareable bytea,
    answered_at timestamp with time zone NOT NULL,
    by_user_id uuid,
    by_actor_id uuid,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT research_versions_status_check CHECK ((status = ANY (ARRAY['requested'::text, 'nothing_known'::text, 'returned'::text, 'late'::text, 'exempt'::text])))
);

COMMENT ON TABLE public.research_versions IS 'What a return said before it was changed, as it was sealed; rows are added, never changed.';

CREATE TABLE public.restrictions (
    id uuid NOT NULL,
    marac_id uuid NOT NULL,
    case_id uuid NOT NULL,
    referral_id uuid,
    reason bytea,
    set_by uuid,
    origin_id uuid,
    laid_by text,
    ends_at timestamp with time zone DEFAULT 'infinity'::timestamp with time zone NOT NULL,
    lifted_by uuid,
    version integer DEFAULT 1 NOT NULL,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT restrictions_ends_at_in_range CHECK ((NOT (isfinite(ends_at) AND ((ends_at < '1880-01-01 00:00:00+00'::timestamp with time zone) OR (ends_at > '2199-12-31 23:59:59.999999+00'::timestamp with time zone))))),
    CONSTRAINT restrictions_laid_by_check CHECK ((laid_by = ANY (ARRAY['joined'::text, 'linked'::text, 'same_pair'::text, 'same_person'::text, 'same_dates'::text, 'similar_names'::text, 'same_place'::text, 'same_phone'::text, 'maker'::text]))),
    CONSTRAINT restrictions_laid_check CHECK ((num_nonnulls(origin_id, laid_by) =
CASE
    WHEN (reason IS NULL) THEN 2
    ELSE 0
END))
);

COMMENT ON COLUMN public.restrictions.referral_id IS 'The joined referral on whose file it was set: it goes back there when that one is taken out.';

CREATE TABLE public.risk_assessments (
    id uuid NOT NULL,
    marac_id uuid NOT NULL,
    case_id uuid NOT NULL,
    referral_id uuid,
    tool text NOT NULL,
    tool_version integer NOT NULL,
    tool_role text DEFAULT 'threshold'::text NOT NULL,
    score smallint,
    maximum smallint,
    yes_count smallint NOT NULL,
    no_count smallint NOT NULL,
    dont_know_count smallint NOT NULL,
    not_asked_count smallint NOT NULL,
    assessed_on date NOT NULL,
    assessed_how text DEFAULT 'unknown'::text NOT NULL,
    agency_id uuid NOT NULL,
    created_by uuid,
    actor_id uuid,
    supersedes_id uuid,
    sealed bytea NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT risk_assessments_assessed_how_check CHECK ((assessed_how = ANY (ARRAY['face_to_face'::text, 'phone'::text, 'online'::text, 'without_survivor'::text, 'unknown'::text]))),
    CONSTRAINT risk_assessments_assessed_on_in_range CHECK ((NOT ((assessed_on < '1880-01-01'::date) OR (assessed_on > '2199-12-31'::date)))),
    CONSTRAINT risk_assessments_tool_role_check CHECK ((tool_role = ANY (ARRAY['threshold'::text, 'supplement'::text])))
);

COMMENT ON COLUMN public.risk_assessments.score IS 'Yes answers of a scored tool; null where nothing was scored.';

COMMENT ON COLUMN public.risk_assessments.maximum IS 'The highest score the tool can give; null for one that is not scored.';

CREATE TABLE public.risk_figures (
    case_id uuid NOT NULL,
    number smallint NOT NULL,
    marac_id uuid NOT NULL,
    place text NOT NULL,
    leads boolean NOT NULL,
    assessment_id uuid NOT NULL,
    score smallint,
    answered_count smallint NOT NULL,
    not_asked_count smallint NOT NULL,
    CONSTRAINT risk_figures_place_check CHECK ((place = ANY (ARRAY['standing'::text, 'raised'::text, 'higher_before'::text, 'beside'::text])))
);

CREATE TABLE public.role_grants (
    id uuid NOT NULL,
    marac_id uuid NOT NULL,
    user_id uuid,
    client_id uuid,
    role text NOT NULL,
    deputy_id uuid,
    granted_by uuid,
    ends_at timestamp with time zone DEFAULT 'infinity'::timestamp with time zone NOT NULL,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT role_grants_check CHECK ((num_nonnulls(user_id, client_id) = 1)),
    CONSTRAINT role_grants_ends_at_in_range CHECK ((NOT (isfinite(ends_at) AND ((ends_at < '1880-01-01 00:00:00+00'::timestamp with time zone) OR (ends_at > '2199-12-31 23:59:59.999999+00'::timestamp with time zone))))),
    CONSTRAINT role_grants_role_check CHECK ((role = ANY (ARRAY['practitioner'::text, 'idva'::text, 'representative'::text, 'agency_lead'::text, 'coordinator'::text, 'chair'::text, 'observer'::text, 'analyst'::text, 'auditor'::text])))
);

COMMENT ON COLUMN public.role_grants.deputy_id IS 'Of a representative: the colleague, a representative there too, who stands in while they are away.';

CREATE TABLE public.sessions (
    id uuid NOT NULL,
    user_id uuid NOT NULL,
    password_at timestamp with time zone NOT NULL,
    network bytea,
    network_new boolean,
    last_used_at timestamp with time zone,
    expires_at timestamp with time zone NOT NULL,
    revoked_at timestamp with time zone,
    revoked_because text,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT sessions_revoked_because_check CHECK ((revoked_because = ANY (ARRAY['signed_out'::text, 'everywhere'::text, 'reuse'::text, 'disabled'::text, 'password_changed'::text])))
);

COMMENT ON COLUMN public.sessions.password_at IS 'When the password was last given: step-up counts from here.';

COMMENT ON COLUMN public.sessions.network IS 'Where it was opened, as in known_networks.';

COMMENT ON COLUMN public.sessions.network_new IS 'Nobody had signed in to the account from there before.';

COMMENT ON COLUMN public.sessions.last_used_at IS 'When it was opened, refreshed or stepped up last.';

CREATE TABLE public.standard_action_versions (
    marac_id uuid NOT NULL,
    version integer NOT NULL,
    created_by uuid,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT standard_action_versions_version_check CHECK ((version > 0))
);

CREATE TABLE public.standard_actions (
    marac_id uuid NOT NULL,
    version integer NOT NULL,
    "position" smallint NOT NULL,
    code text NOT NULL,
    text text NOT NULL,
    category text NOT NULL,
    target text NOT NULL,
    priority text NOT NULL,
    due_days smallint NOT NULL,
    every_listed_agency boolean NOT NULL,
    agency_kinds text[] NOT NULL,
    needs text[] NOT NULL,
    CONSTRAINT standard_actions_due_days_check CHECK ((due_days >= 0)),
    CONSTRAINT standard_actions_needs_check CHECK ((needs <@ ARRAY['address'::text, 'safe_contact'::text])),
    CONSTRAINT standard_actions_priority_check CHECK ((priority = ANY (ARRAY['immediate'::text, 'high'::text, 'normal'::text]))),
    CONSTRAINT standard_actions_target_check CHECK ((target = ANY (ARRAY['survivor'::text, 'child'::text, 'perpetrator'::text, 'professional'::text])))
);

COMMENT ON TABLE public.standard_actions IS 'What an area agrees in every case of a kind: whole catalogues, by version, never changed. Names nobody.';

CREATE TABLE public.told_already (
    id uuid NOT NULL,
    marac_id uuid NOT NULL,
    case_id uuid NOT NULL,
    heading text NOT NULL,
    agency_id uuid NOT NULL,
    user_id uuid,
    actor_id uuid,
    question_id uuid,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT told_already_check CHECK ((num_nonnulls(user_id, actor_id) > 0)),
    CONSTRAINT told_already_heading_check CHECK ((heading = ANY (ARRAY['what_happened'::text, 'who_else_is_affected'::text, 'what_is_feared'::text, 'what_the_survivor_wants'::text, 'what_has_been_tried'::text, 'what_is_needed_now'::text, 'practical_safety'::text])))
);

CREATE TABLE public.users (
    id uuid NOT NULL,
    agency_id uuid NOT NULL,
    email text NOT NULL,
    name text NOT NULL COLLATE public.english,
    password_hash text,
    administrator boolean DEFAULT false NOT NULL,
    in_hand_of uuid,
    address_changed_at timestamp with time zone,
    disabled_at timestamp with time zone,
    disabled_by uuid,
    version integer DEFAULT 1 NOT NULL,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT users_email_check CHECK ((email = lower(email)))
);

COMMENT ON COLUMN public.users.in_hand_of IS 'Who made the account, until a second person has confirmed a grant to it. Null: nobody alone.';

COMMENT ON COLUMN public.users.address_changed_at IS 'When its address last changed: for a day after that no password is reset.';

ALTER TABLE ONLY public.__diesel_schema_migrations
    ADD CONSTRAINT __diesel_schema_migrations_pkey PRIMARY KEY (version);

ALTER TABLE ONLY public.absences
    ADD CONSTRAINT absences_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.account_entries
    ADD CONSTRAINT account_entries_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.account_entries
    ADD CONSTRAINT account_entries_supersedes_key UNIQUE (supersedes_id);

ALTER TABLE ONLY public.action_changes
    ADD CONSTRAINT action_changes_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.action_escalations
    ADD CONSTRAINT action_escalations_once UNIQUE (action_id, due_on, step);

ALTER TABLE ONLY public.action_escalations
    ADD CONSTRAINT action_escalations_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.action_events
    ADD CONSTRAINT action_events_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.actions
    ADD CONSTRAINT actions_external_key UNIQUE (marac_id, external_ref);

ALTER TABLE ONLY public.actions
    ADD CONSTRAINT actions_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.address_changes
    ADD CONSTRAINT address_changes_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.address_changes
    ADD CONSTRAINT address_changes_token_hash_key UNIQUE (token_hash);

ALTER TABLE ONLY public.agencies
    ADD CONSTRAINT agencies_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.agenda_items
    ADD CONSTRAINT agenda_items_case_key UNIQUE (meeting_id, case_id);

ALTER TABLE ONLY public.agenda_items
    ADD CONSTRAINT agenda_items_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.agenda_listings
    ADD CONSTRAINT agenda_listings_pkey PRIMARY KEY (agenda_item_id, agency_id);

ALTER TABLE ONLY public.agenda_sessions
    ADD CONSTRAINT agenda_sessions_pkey PRIMARY KEY (meeting_id, number);

ALTER TABLE ONLY public.api_clients
    ADD CONSTRAINT api_clients_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.applied_functions
    ADD CONSTRAINT applied_functions_digest_key UNIQUE (digest);

ALTER TABLE ONLY public.applied_functions
    ADD CONSTRAINT applied_functions_pkey PRIMARY KEY (number);

ALTER TABLE ONLY public.attendance_items
    ADD CONSTRAINT attendance_items_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.attendance_items
    ADD CONSTRAINT attendance_items_seat_key UNIQUE (attendance_id, agenda_item_id);

ALTER TABLE ONLY public.attendances
    ADD CONSTRAINT attendances_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.attendances
    ADD CONSTRAINT attendances_seat_key UNIQUE NULLS NOT DISTINCT (meeting_id, agency_id, user_id, actor_id, person_name);

ALTER TABLE ONLY public.audit_adoptions
    ADD CONSTRAINT audit_adoptions_pkey PRIMARY KEY (last_seq);

ALTER TABLE ONLY public.audit_chain
    ADD CONSTRAINT audit_chain_event_id_key UNIQUE (event_id);

ALTER TABLE ONLY public.audit_chain
    ADD CONSTRAINT audit_chain_pkey PRIMARY KEY (seq);

ALTER TABLE ONLY public.audit_events
    ADD CONSTRAINT audit_events_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.audit_heads
    ADD CONSTRAINT audit_heads_pkey PRIMARY KEY (last_seq);

ALTER TABLE ONLY public.calendar_feeds
    ADD CONSTRAINT calendar_feeds_pkey PRIMARY KEY (user_id);

ALTER TABLE ONLY public.calendar_feeds
    ADD CONSTRAINT calendar_feeds_token_hash_key UNIQUE (token_hash);

ALTER TABLE ONLY public.cases
    ADD CONSTRAINT cases_code_key UNIQUE (code);

ALTER TABLE ONLY public.cases
    ADD CONSTRAINT cases_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.circle
    ADD CONSTRAINT circle_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.confidentiality_statements
    ADD CONSTRAINT confidentiality_statements_pkey PRIMARY KEY (marac_id, version);

ALTER TABLE ONLY public.conflicts_of_interest
    ADD CONSTRAINT conflicts_of_interest_exclusion_key UNIQUE (exclusion_id);

ALTER TABLE ONLY public.conflicts_of_interest
    ADD CONSTRAINT conflicts_of_interest_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.damaged_meeting_parts
    ADD CONSTRAINT damaged_meeting_parts_part_field_row_id_key UNIQUE (part, field, row_id);

ALTER TABLE ONLY public.damaged_meeting_parts
    ADD CONSTRAINT damaged_meeting_parts_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.damaged_parts
    ADD CONSTRAINT damaged_parts_part_field_row_id_key UNIQUE (part, field, row_id);

ALTER TABLE ONLY public.damaged_parts
    ADD CONSTRAINT damaged_parts_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.data_keys
    ADD CONSTRAINT data_keys_pkey PRIMARY KEY (case_id);

ALTER TABLE ONLY public.entry_openings
    ADD CONSTRAINT entry_openings_pkey PRIMARY KEY (entry_id, question_id);

ALTER TABLE ONLY public.exclusions
    ADD CONSTRAINT exclusions_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.failed_sign_ins
    ADD CONSTRAINT failed_sign_ins_pkey PRIMARY KEY (hour, act, subject);

ALTER TABLE ONLY public.flag_events
    ADD CONSTRAINT flag_events_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.flags
    ADD CONSTRAINT flags_agency_key UNIQUE (case_id, agency_id);

ALTER TABLE ONLY public.flags
    ADD CONSTRAINT flags_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.guesses
    ADD CONSTRAINT guesses_pkey PRIMARY KEY (kind, subject);

ALTER TABLE ONLY public.hearing_entries
    ADD CONSTRAINT hearing_entries_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.hearing_entries
    ADD CONSTRAINT hearing_entries_supersedes_key UNIQUE (supersedes_id);

ALTER TABLE ONLY public.idempotency_keys
    ADD CONSTRAINT idempotency_keys_pkey PRIMARY KEY (principal_id, operation, key);

ALTER TABLE ONLY public.identity_differences
    ADD CONSTRAINT identity_differences_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.idva_allocations
    ADD CONSTRAINT idva_allocations_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.idva_contacts
    ADD CONSTRAINT idva_contacts_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.installation
    ADD CONSTRAINT installation_pkey PRIMARY KEY (only_row);

ALTER TABLE ONLY public.invitations
    ADD CONSTRAINT invitations_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.invitations
    ADD CONSTRAINT invitations_token_hash_key UNIQUE (token_hash);

ALTER TABLE ONLY public.jobs
    ADD CONSTRAINT jobs_pkey PRIMARY KEY (name);

ALTER TABLE ONLY public.known_networks
    ADD CONSTRAINT known_networks_pkey PRIMARY KEY (user_id, network);

ALTER TABLE ONLY public.lapse_notices
    ADD CONSTRAINT lapse_notices_once UNIQUE (case_id, lapses_on);

ALTER TABLE ONLY public.lapse_notices
    ADD CONSTRAINT lapse_notices_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.marac_agencies
    ADD CONSTRAINT marac_agencies_pkey PRIMARY KEY (marac_id, agency_id);

ALTER TABLE ONLY public.maracs
    ADD CONSTRAINT maracs_code_key UNIQUE (code);

ALTER TABLE ONLY public.maracs
    ADD CONSTRAINT maracs_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.match_tokens
    ADD CONSTRAINT match_tokens_pkey PRIMARY KEY (case_id, kind, token);

ALTER TABLE ONLY public.meeting_keys
    ADD CONSTRAINT meeting_keys_pkey PRIMARY KEY (meeting_id);

ALTER TABLE ONLY public.meetings
    ADD CONSTRAINT meetings_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.minutes_parts
    ADD CONSTRAINT minutes_parts_case_key UNIQUE (version_id, case_id);

ALTER TABLE ONLY public.minutes_parts
    ADD CONSTRAINT minutes_parts_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.minutes_versions
    ADD CONSTRAINT minutes_versions_number_key UNIQUE (meeting_id, number);

ALTER TABLE ONLY public.minutes_versions
    ADD CONSTRAINT minutes_versions_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.notification_preferences
    ADD CONSTRAINT notification_preferences_pkey PRIMARY KEY (user_id, kind);

ALTER TABLE ONLY public.notifications
    ADD CONSTRAINT notifications_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.outbox
    ADD CONSTRAINT outbox_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.parties
    ADD CONSTRAINT parties_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.party_addresses
    ADD CONSTRAINT party_addresses_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.party_characteristics
    ADD CONSTRAINT party_characteristics_pkey PRIMARY KEY (party_id);

ALTER TABLE ONLY public.party_contacts
    ADD CONSTRAINT party_contacts_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.party_relationships
    ADD CONSTRAINT party_relationships_pair_key UNIQUE (from_party_id, to_party_id);

ALTER TABLE ONLY public.party_relationships
    ADD CONSTRAINT party_relationships_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.pending_grants
    ADD CONSTRAINT pending_grants_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.persons
    ADD CONSTRAINT persons_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.questions
    ADD CONSTRAINT questions_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.referral_counts
    ADD CONSTRAINT referral_counts_pkey PRIMARY KEY (referral_id);

ALTER TABLE ONLY public.referral_joins
    ADD CONSTRAINT referral_joins_pkey PRIMARY KEY (referral_id);

ALTER TABLE ONLY public.referrals
    ADD CONSTRAINT referrals_external_key UNIQUE (agency_id, external_ref);

ALTER TABLE ONLY public.referrals
    ADD CONSTRAINT referrals_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.refresh_tokens
    ADD CONSTRAINT refresh_tokens_pkey PRIMARY KEY (token_hash);

ALTER TABLE ONLY public.registered_actors
    ADD CONSTRAINT registered_actors_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.registered_actors
    ADD CONSTRAINT registered_actors_ref_key UNIQUE (client_id, partner_ref);

ALTER TABLE ONLY public.research_returns
    ADD CONSTRAINT research_returns_agency_key UNIQUE (agenda_item_id, agency_id);

ALTER TABLE ONLY public.research_returns
    ADD CONSTRAINT research_returns_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.research_versions
    ADD CONSTRAINT research_versions_key UNIQUE (return_id, version);

ALTER TABLE ONLY public.research_versions
    ADD CONSTRAINT research_versions_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.restrictions
    ADD CONSTRAINT restrictions_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.risk_assessments
    ADD CONSTRAINT risk_assessments_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.risk_figures
    ADD CONSTRAINT risk_figures_pkey PRIMARY KEY (case_id, number);

ALTER TABLE ONLY public.role_grants
    ADD CONSTRAINT role_grants_client_key UNIQUE (client_id, marac_id, role);

ALTER TABLE ONLY public.role_grants
    ADD CONSTRAINT role_grants_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.role_grants
    ADD CONSTRAINT role_grants_user_key UNIQUE (user_id, marac_id, role);

ALTER TABLE ONLY public.sessions
    ADD CONSTRAINT sessions_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.standard_action_versions
    ADD CONSTRAINT standard_action_versions_pkey PRIMARY KEY (marac_id, version);

ALTER TABLE ONLY public.standard_actions
    ADD CONSTRAINT standard_actions_pkey PRIMARY KEY (marac_id, version, code);

ALTER TABLE ONLY public.told_already
    ADD CONSTRAINT told_already_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.users
    ADD CONSTRAINT users_email_key UNIQUE (email);

ALTER TABLE ONLY public.users
    ADD CONSTRAINT users_pkey PRIMARY KEY (id);

CREATE INDEX absences_recorded_by ON public.absences USING btree (recorded_by) WHERE (recorded_by IS NOT NULL);

CREATE INDEX absences_user ON public.absences USING btree (user_id, until_on);

CREATE INDEX account_entries_actor ON public.account_entries USING btree (actor_id) WHERE (actor_id IS NOT NULL);

CREATE INDEX account_entries_agency ON public.account_entries USING btree (agency_id);

CREATE INDEX account_entries_author ON public.account_entries USING btree (author_id) WHERE (author_id IS NOT NULL);

CREATE INDEX account_entries_case ON public.account_entries USING btree (case_id, heading, created_at);

CREATE INDEX account_entries_marac ON public.account_entries USING btree (marac_id);

CREATE INDEX account_entries_referral ON public.account_entries USING btree (referral_id) WHERE (referral_id IS NOT NULL);

CREATE INDEX account_entries_superseded_by ON public.account_entries USING btree (superseded_by_id) WHERE (superseded_by_id IS NOT NULL);

CREATE INDEX action_changes_action ON public.action_changes USING btree (action_id);

CREATE INDEX action_changes_case ON public.action_changes USING btree (case_id);

CREATE INDEX action_changes_feed ON public.action_changes USING btree (agency_id, txid, id);

CREATE INDEX action_changes_marac ON public.action_changes USING btree (marac_id);

CREATE INDEX action_escalations_case ON public.action_escalations USING btree (case_id);

CREATE INDEX action_escalations_marac ON public.action_escalations USING btree (marac_id, taken_on);

CREATE INDEX action_escalations_owner ON public.action_escalations USING btree (owner_agency_id);

CREATE INDEX action_events_action ON public.action_events USING btree (action_id, effective_on, created_at);

CREATE INDEX action_events_by_actor ON public.action_events USING btree (by_actor_id) WHERE (by_actor_id IS NOT NULL);

CREATE INDEX action_events_by_agency ON public.action_events USING btree (by_agency_id) WHERE (by_agency_id IS NOT NULL);

CREATE INDEX action_events_by_user ON public.action_events USING btree (by_user_id) WHERE (by_user_id IS NOT NULL);

CREATE INDEX action_events_case ON public.action_events USING btree (case_id);

CREATE INDEX action_events_marac ON public.action_events USING btree (marac_id, effective_on);

CREATE INDEX action_events_owner ON public.action_events USING btree (owner_agency_id);

CREATE INDEX actions_case ON public.actions USING btree (case_id, due_on);

CREATE INDEX actions_created_by ON public.actions USING btree (created_by) WHERE (created_by IS NOT NULL);

CREATE INDEX actions_incomplete ON public.actions USING btree (marac_id, due_on, id) WHERE ((status = ANY (ARRAY['open'::text, 'in_progress'::text])) OR ((NOT resolved) AND (status = ANY (ARRAY['not_done'::text, 'not_possible_circumstances_changed'::text]))));

CREATE INDEX actions_item ON public.actions USING btree (agenda_item_id) WHERE (agenda_item_id IS NOT NULL);

CREATE INDEX actions_marac_outstanding ON public.actions USING btree (marac_id, due_on, id) WHERE (status = ANY (ARRAY['open'::text, 'in_progress'::text]));

CREATE INDEX actions_meeting ON public.actions USING btree (meeting_id) WHERE (meeting_id IS NOT NULL);

CREATE INDEX actions_outstanding ON public.actions USING btree (owner_agency_id, due_on, id) WHERE (status = ANY (ARRAY['open'::text, 'in_progress'::text]));

CREATE INDEX actions_owner ON public.actions USING btree (owner_agency_id, due_on, id);

CREATE INDEX actions_owner_user ON public.actions USING btree (owner_user_id) WHERE (owner_user_id IS NOT NULL);

CREATE INDEX actions_superseded_by ON public.actions USING btree (superseded_by_id) WHERE (superseded_by_id IS NOT NULL);

CREATE INDEX actions_unresolved ON public.actions USING btree (marac_id, due_on) WHERE ((NOT resolved) AND (status = ANY (ARRAY['not_done'::text, 'not_possible_circumstances_changed'::text])));

CREATE INDEX address_changes_asked_by ON public.address_changes USING btree (asked_by) WHERE (asked_by IS NOT NULL);

CREATE INDEX address_changes_user ON public.address_changes USING btree (user_id, id);

CREATE INDEX agenda_items_case ON public.agenda_items USING btree (case_id);

CREATE INDEX agenda_items_decided_by ON public.agenda_items USING btree (decided_by) WHERE (decided_by IS NOT NULL);

CREATE INDEX agenda_items_deferred ON public.agenda_items USING btree (deferred_to_id) WHERE (deferred_to_id IS NOT NULL);

CREATE INDEX agenda_items_marac ON public.agenda_items USING btree (marac_id);

CREATE INDEX agenda_items_meeting ON public.agenda_items USING btree (meeting_id, "position", id);

CREATE INDEX agenda_items_referral ON public.agenda_items USING btree (referral_id) WHERE (referral_id IS NOT NULL);

CREATE INDEX agenda_items_waiting ON public.agenda_items USING btree (marac_id) WHERE (status = 'deferred'::text);

CREATE INDEX agenda_listings_agency ON public.agenda_listings USING btree (agency_id, marac_id);

CREATE INDEX agenda_listings_case ON public.agenda_listings USING btree (case_id);

CREATE INDEX agenda_listings_marac ON public.agenda_listings USING btree (marac_id);

CREATE INDEX agenda_sessions_marac ON public.agenda_sessions USING btree (marac_id);

CREATE INDEX api_clients_agency ON public.api_clients USING btree (agency_id, id);

CREATE INDEX api_clients_created_by ON public.api_clients USING btree (created_by);

CREATE INDEX attendance_items_case ON public.attendance_items USING btree (case_id);

CREATE INDEX attendance_items_item ON public.attendance_items USING btree (agenda_item_id);

CREATE INDEX attendance_items_marac ON public.attendance_items USING btree (marac_id);

CREATE INDEX attendances_actor ON public.attendances USING btree (actor_id) WHERE (actor_id IS NOT NULL);

CREATE INDEX attendances_agency ON public.attendances USING btree (agency_id);

CREATE INDEX attendances_marac ON public.attendances USING btree (marac_id);

CREATE INDEX attendances_recorded_by ON public.attendances USING btree (confidentiality_recorded_by) WHERE (confidentiality_recorded_by IS NOT NULL);

CREATE INDEX attendances_user ON public.attendances USING btree (user_id) WHERE (user_id IS NOT NULL);

CREATE INDEX audit_events_case ON public.audit_events USING btree (case_id, at DESC, id DESC) WHERE (case_id IS NOT NULL);

CREATE INDEX audit_events_marac ON public.audit_events USING btree (marac_id, at DESC, id DESC) WHERE (marac_id IS NOT NULL);

CREATE INDEX audit_events_order ON public.audit_events USING btree (txid, id);

CREATE INDEX audit_events_refused ON public.audit_events USING btree (at DESC, id DESC) WHERE ((marac_id IS NULL) AND (outcome = ANY (ARRAY['denied'::text, 'not_found'::text])));

CREATE INDEX audit_events_user ON public.audit_events USING btree (user_id, at DESC, id DESC) WHERE (user_id IS NOT NULL);

CREATE INDEX cases_lapse ON public.cases USING btree (marac_id, lapses_on) WHERE (status = ANY (ARRAY['heard'::text, 'monitoring'::text]));

CREATE INDEX cases_lapsing ON public.cases USING btree (lapses_on, id) WHERE (status = ANY (ARRAY['listed'::text, 'heard'::text, 'monitoring'::text]));

CREATE INDEX cases_lead_agency ON public.cases USING btree (lead_agency_id) WHERE (lead_agency_id IS NOT NULL);

CREATE INDEX cases_lead_user ON public.cases USING btree (lead_user_id) WHERE (lead_user_id IS NOT NULL);

CREATE INDEX cases_marac ON public.cases USING btree (marac_id, last_referral_on DESC, id DESC) WHERE (opened_at IS NOT NULL);

CREATE INDEX cases_risk_due ON public.cases USING btree (id) WHERE risk_due;

CREATE INDEX cases_tokens_version ON public.cases USING btree (tokens_version, id);

CREATE INDEX cases_waiting ON public.cases USING btree (marac_id, last_referral_on) WHERE (status = 'listed'::text);

CREATE INDEX circle_actor ON public.circle USING btree (actor_id, case_id) WHERE (actor_id IS NOT NULL);

CREATE INDEX circle_agency ON public.circle USING btree (agency_id, marac_id, case_id) WHERE (agency_id IS NOT NULL);

CREATE INDEX circle_case ON public.circle USING btree (case_id, opens_at, ends_at);

CREATE INDEX circle_created_by ON public.circle USING btree (created_by) WHERE (created_by IS NOT NULL);

CREATE INDEX circle_marac ON public.circle USING btree (marac_id);

CREATE INDEX circle_meeting ON public.circle USING btree (meeting_id) WHERE (meeting_id IS NOT NULL);

CREATE UNIQUE INDEX circle_one_listing ON public.circle USING btree (case_id, agency_id, meeting_id) WHERE (basis = 'listing'::text);

CREATE UNIQUE INDEX circle_one_seat ON public.circle USING btree (case_id, meeting_id, user_id, actor_id) NULLS NOT DISTINCT WHERE (basis = 'attendance'::text);

CREATE INDEX circle_restriction ON public.circle USING btree (restriction_id) WHERE (restriction_id IS NOT NULL);

CREATE INDEX circle_user ON public.circle USING btree (user_id, case_id) WHERE (user_id IS NOT NULL);

CREATE INDEX confidentiality_statements_created_by ON public.confidentiality_statements USING btree (created_by) WHERE (created_by IS NOT NULL);

CREATE INDEX conflicts_of_interest_case ON public.conflicts_of_interest USING btree (case_id);

CREATE INDEX conflicts_of_interest_declared_by ON public.conflicts_of_interest USING btree (declared_by) WHERE (declared_by IS NOT NULL);

CREATE INDEX conflicts_of_interest_item ON public.conflicts_of_interest USING btree (agenda_item_id);

CREATE INDEX conflicts_of_interest_marac ON public.conflicts_of_interest USING btree (marac_id);

CREATE INDEX damaged_meeting_parts_marac ON public.damaged_meeting_parts USING btree (marac_id, found_at, id);

CREATE INDEX damaged_meeting_parts_meeting ON public.damaged_meeting_parts USING btree (meeting_id);

CREATE INDEX damaged_parts_case ON public.damaged_parts USING btree (case_id);

CREATE INDEX damaged_parts_marac ON public.damaged_parts USING btree (marac_id, found_at, id);

CREATE INDEX data_keys_marac ON public.data_keys USING btree (marac_id);

CREATE INDEX data_keys_master ON public.data_keys USING btree (master_key_id) WHERE (wrapped IS NOT NULL);

CREATE INDEX entry_openings_agency ON public.entry_openings USING btree (agency_id);

CREATE INDEX entry_openings_case ON public.entry_openings USING btree (case_id, agency_id);

CREATE INDEX entry_openings_circle ON public.entry_openings USING btree (circle_id);

CREATE INDEX entry_openings_marac ON public.entry_openings USING btree (marac_id);

CREATE INDEX entry_openings_opened_by ON public.entry_openings USING btree (opened_by) WHERE (opened_by IS NOT NULL);

CREATE INDEX entry_openings_question ON public.entry_openings USING btree (question_id);

CREATE INDEX exclusions_actor ON public.exclusions USING btree (actor_id) WHERE (actor_id IS NOT NULL);

CREATE INDEX exclusions_agency ON public.exclusions USING btree (agency_id) WHERE (agency_id IS NOT NULL);

CREATE INDEX exclusions_case ON public.exclusions USING btree (case_id);

CREATE INDEX exclusions_client ON public.exclusions USING btree (client_id) WHERE (client_id IS NOT NULL);

CREATE INDEX exclusions_exempt ON public.exclusions USING btree (exempt_user_id) WHERE (exempt_user_id IS NOT NULL);

CREATE UNIQUE INDEX exclusions_laid_once ON public.exclusions USING btree (case_id, root_id, user_id, actor_id, agency_id, client_id) NULLS NOT DISTINCT WHERE ((root_id IS NOT NULL) AND (lifted_by IS NULL));

CREATE INDEX exclusions_lifted_by ON public.exclusions USING btree (lifted_by) WHERE (lifted_by IS NOT NULL);

CREATE INDEX exclusions_marac ON public.exclusions USING btree (marac_id);

CREATE INDEX exclusions_origin ON public.exclusions USING btree (origin_id) WHERE (origin_id IS NOT NULL);

CREATE INDEX exclusions_referral ON public.exclusions USING btree (referral_id) WHERE (referral_id IS NOT NULL);

CREATE INDEX exclusions_root ON public.exclusions USING btree (root_id) WHERE (root_id IS NOT NULL);

CREATE INDEX exclusions_set_by ON public.exclusions USING btree (set_by) WHERE (set_by IS NOT NULL);

CREATE INDEX exclusions_user ON public.exclusions USING btree (user_id) WHERE (user_id IS NOT NULL);

CREATE INDEX flag_events_agency ON public.flag_events USING btree (agency_id);

CREATE INDEX flag_events_by_actor ON public.flag_events USING btree (by_actor_id) WHERE (by_actor_id IS NOT NULL);

CREATE INDEX flag_events_by_agency ON public.flag_events USING btree (by_agency_id) WHERE (by_agency_id IS NOT NULL);

CREATE INDEX flag_events_by_user ON public.flag_events USING btree (by_user_id) WHERE (by_user_id IS NOT NULL);

CREATE INDEX flag_events_case ON public.flag_events USING btree (case_id);

CREATE INDEX flag_events_flag ON public.flag_events USING btree (flag_id, created_at DESC, id DESC);

CREATE INDEX flag_events_marac ON public.flag_events USING btree (marac_id);

CREATE INDEX flags_agency ON public.flags USING btree (agency_id, due_on, id);

CREATE INDEX flags_agency_due ON public.flags USING btree (agency_id, due_on, id) WHERE (status = ANY (ARRAY['asked'::text, 'removal_due'::text]));

CREATE INDEX flags_expiring ON public.flags USING btree (expires_on) WHERE (status = ANY (ARRAY['asked'::text, 'placed'::text]));

CREATE INDEX flags_marac ON public.flags USING btree (marac_id, due_on, id);

CREATE INDEX flags_marac_due ON public.flags USING btree (marac_id, due_on, id) WHERE (status = ANY (ARRAY['asked'::text, 'removal_due'::text]));

CREATE INDEX guesses_last_at ON public.guesses USING btree (last_at);

CREATE INDEX hearing_entries_actor ON public.hearing_entries USING btree (actor_id) WHERE (actor_id IS NOT NULL);

CREATE INDEX hearing_entries_agency ON public.hearing_entries USING btree (agency_id);

CREATE INDEX hearing_entries_author ON public.hearing_entries USING btree (author_id) WHERE (author_id IS NOT NULL);

CREATE INDEX hearing_entries_case ON public.hearing_entries USING btree (case_id);

CREATE INDEX hearing_entries_item ON public.hearing_entries USING btree (agenda_item_id, kind, created_at);

CREATE INDEX hearing_entries_marac ON public.hearing_entries USING btree (marac_id);

CREATE INDEX hearing_entries_superseded_by ON public.hearing_entries USING btree (superseded_by_id) WHERE (superseded_by_id IS NOT NULL);

CREATE INDEX idempotency_keys_age ON public.idempotency_keys USING btree (created_at);

CREATE INDEX identity_differences_case ON public.identity_differences USING btree (case_id);

CREATE INDEX identity_differences_decided_by ON public.identity_differences USING btree (decided_by) WHERE (decided_by IS NOT NULL);

CREATE INDEX identity_differences_marac ON public.identity_differences USING btree (marac_id);

CREATE INDEX identity_differences_party ON public.identity_differences USING btree (party_id);

CREATE INDEX identity_differences_referral ON public.identity_differences USING btree (referral_id);

CREATE INDEX idva_allocations_agency ON public.idva_allocations USING btree (agency_id);

CREATE INDEX idva_allocations_case ON public.idva_allocations USING btree (case_id, starts_on DESC, id DESC);

CREATE INDEX idva_allocations_created_by ON public.idva_allocations USING btree (created_by) WHERE (created_by IS NOT NULL);

CREATE INDEX idva_allocations_due ON public.idva_allocations USING btree (agency_id, contact_due_at, id) WHERE ((ends_on IS NULL) AND (contacted_at IS NULL));

CREATE INDEX idva_allocations_late ON public.idva_allocations USING btree (contact_due_at, id) WHERE ((ends_on IS NULL) AND (contacted_at IS NULL) AND (reminded_at IS NULL));

CREATE INDEX idva_allocations_marac ON public.idva_allocations USING btree (marac_id);

CREATE UNIQUE INDEX idva_allocations_one ON public.idva_allocations USING btree (case_id) WHERE (ends_on IS NULL);

CREATE INDEX idva_allocations_user ON public.idva_allocations USING btree (user_id) WHERE (user_id IS NOT NULL);

CREATE INDEX idva_contacts_agency ON public.idva_contacts USING btree (agency_id);

CREATE INDEX idva_contacts_allocation ON public.idva_contacts USING btree (allocation_id);

CREATE INDEX idva_contacts_by_actor ON public.idva_contacts USING btree (by_actor_id) WHERE (by_actor_id IS NOT NULL);

CREATE INDEX idva_contacts_by_user ON public.idva_contacts USING btree (by_user_id) WHERE (by_user_id IS NOT NULL);

CREATE INDEX idva_contacts_case ON public.idva_contacts USING btree (case_id, tried_at DESC, id DESC);

CREATE INDEX idva_contacts_contact ON public.idva_contacts USING btree (contact_id) WHERE (contact_id IS NOT NULL);

CREATE INDEX idva_contacts_marac ON public.idva_contacts USING btree (marac_id);

CREATE INDEX idva_contacts_meeting ON public.idva_contacts USING btree (meeting_id) WHERE (meeting_id IS NOT NULL);

CREATE INDEX invitations_created_by ON public.invitations USING btree (created_by) WHERE (created_by IS NOT NULL);

CREATE INDEX invitations_user ON public.invitations USING btree (user_id);

CREATE INDEX known_networks_last_at ON public.known_networks USING btree (last_at);

CREATE INDEX lapse_notices_decided_by ON public.lapse_notices USING btree (decided_by) WHERE (decided_by IS NOT NULL);

CREATE INDEX lapse_notices_marac ON public.lapse_notices USING btree (marac_id);

CREATE INDEX lapse_notices_open ON public.lapse_notices USING btree (marac_id, lapses_on, id) WHERE (status = 'open'::text);

CREATE INDEX marac_agencies_agency ON public.marac_agencies USING btree (agency_id);

CREATE INDEX marac_agencies_suspended_by ON public.marac_agencies USING btree (suspended_by) WHERE (suspended_by IS NOT NULL);

CREATE INDEX match_tokens_marac ON public.match_tokens USING btree (marac_id);

CREATE INDEX match_tokens_token ON public.match_tokens USING btree (token, kind);

CREATE INDEX match_tokens_version ON public.match_tokens USING btree (version, case_id);

CREATE INDEX meeting_keys_marac ON public.meeting_keys USING btree (marac_id);

CREATE INDEX meeting_keys_master ON public.meeting_keys USING btree (master_key_id) WHERE (wrapped IS NOT NULL);

CREATE INDEX meetings_marac ON public.meetings USING btree (marac_id, starts_at DESC, id DESC);

CREATE INDEX minutes_parts_case ON public.minutes_parts USING btree (case_id);

CREATE INDEX minutes_parts_marac ON public.minutes_parts USING btree (marac_id);

CREATE INDEX minutes_parts_meeting ON public.minutes_parts USING btree (meeting_id, "position");

CREATE INDEX minutes_versions_approved_by ON public.minutes_versions USING btree (approved_by) WHERE (approved_by IS NOT NULL);

CREATE INDEX minutes_versions_drafted_by ON public.minutes_versions USING btree (drafted_by) WHERE (drafted_by IS NOT NULL);

CREATE INDEX minutes_versions_issued_by ON public.minutes_versions USING btree (issued_by) WHERE (issued_by IS NOT NULL);

CREATE INDEX minutes_versions_marac ON public.minutes_versions USING btree (marac_id, issued_at);

CREATE UNIQUE INDEX minutes_versions_one_in_hand ON public.minutes_versions USING btree (meeting_id) WHERE (status <> 'issued'::text);

CREATE INDEX notifications_case ON public.notifications USING btree (case_id) WHERE (case_id IS NOT NULL);

CREATE INDEX notifications_client ON public.notifications USING btree (client_id, id) WHERE (client_id IS NOT NULL);

CREATE INDEX notifications_marac ON public.notifications USING btree (marac_id);

CREATE UNIQUE INDEX notifications_once_client ON public.notifications USING btree (client_id, kind, subject_id, once) WHERE ((client_id IS NOT NULL) AND (once IS NOT NULL));

CREATE UNIQUE INDEX notifications_once_user ON public.notifications USING btree (user_id, kind, subject_id, once) WHERE ((user_id IS NOT NULL) AND (once IS NOT NULL));

CREATE INDEX notifications_read ON public.notifications USING btree (read_at) WHERE (read_at IS NOT NULL);

CREATE INDEX notifications_unread_client ON public.notifications USING btree (client_id, id) WHERE ((client_id IS NOT NULL) AND (read_at IS NULL));

CREATE INDEX notifications_unread_user ON public.notifications USING btree (user_id, id) WHERE ((user_id IS NOT NULL) AND (read_at IS NULL));

CREATE INDEX notifications_user ON public.notifications USING btree (user_id, id) WHERE (user_id IS NOT NULL);

CREATE INDEX outbox_ended ON public.outbox USING btree (ended_at) WHERE (ended_at IS NOT NULL);

CREATE INDEX outbox_user ON public.outbox USING btree (user_id);

CREATE INDEX outbox_waiting ON public.outbox USING btree (next_at) WHERE (outcome IS NULL);

CREATE INDEX parties_case ON public.parties USING btree (case_id, role);

CREATE INDEX parties_marac ON public.parties USING btree (marac_id);

CREATE INDEX parties_person ON public.parties USING btree (person_id);

CREATE INDEX parties_referral ON public.parties USING btree (referral_id) WHERE (referral_id IS NOT NULL);

CREATE INDEX party_addresses_case ON public.party_addresses USING btree (case_id);

CREATE INDEX party_addresses_marac ON public.party_addresses USING btree (marac_id);

CREATE INDEX party_addresses_party ON public.party_addresses USING btree (party_id);

CREATE INDEX party_addresses_referral ON public.party_addresses USING btree (referral_id) WHERE (referral_id IS NOT NULL);

CREATE INDEX party_characteristics_case ON public.party_characteristics USING btree (case_id);

CREATE INDEX party_characteristics_marac ON public.party_characteristics USING btree (marac_id);

CREATE INDEX party_characteristics_referral ON public.party_characteristics USING btree (referral_id) WHERE (referral_id IS NOT NULL);

CREATE INDEX party_contacts_case ON public.party_contacts USING btree (case_id);

CREATE INDEX party_contacts_marac ON public.party_contacts USING btree (marac_id);

CREATE INDEX party_contacts_party ON public.party_contacts USING btree (party_id);

CREATE INDEX party_contacts_referral ON public.party_contacts USING btree (referral_id) WHERE (referral_id IS NOT NULL);

CREATE INDEX party_relationships_case ON public.party_relationships USING btree (case_id);

CREATE INDEX party_relationships_filled_by ON public.party_relationships USING btree (filled_by_id) WHERE (filled_by_id IS NOT NULL);

CREATE INDEX party_relationships_marac ON public.party_relationships USING btree (marac_id);

CREATE INDEX party_relationships_referral ON public.party_relationships USING btree (referral_id) WHERE (referral_id IS NOT NULL);

CREATE INDEX party_relationships_to ON public.party_relationships USING btree (to_party_id);

CREATE INDEX pending_grants_actor ON public.pending_grants USING btree (actor_id) WHERE (actor_id IS NOT NULL);

CREATE INDEX pending_grants_asked_by ON public.pending_grants USING btree (asked_by) WHERE (asked_by IS NOT NULL);

CREATE INDEX pending_grants_client ON public.pending_grants USING btree (client_id) WHERE (client_id IS NOT NULL);

CREATE INDEX pending_grants_decided_by ON public.pending_grants USING btree (decided_by) WHERE (decided_by IS NOT NULL);

CREATE INDEX pending_grants_marac ON public.pending_grants USING btree (marac_id) WHERE (marac_id IS NOT NULL);

CREATE INDEX pending_grants_open ON public.pending_grants USING btree (id) WHERE (outcome IS NULL);

CREATE INDEX pending_grants_user ON public.pending_grants USING btree (user_id) WHERE (user_id IS NOT NULL);

CREATE INDEX questions_actor ON public.questions USING btree (actor_id) WHERE (actor_id IS NOT NULL);

CREATE INDEX questions_agency ON public.questions USING btree (agency_id);

CREATE INDEX questions_asked_by ON public.questions USING btree (asked_by) WHERE (asked_by IS NOT NULL);

CREATE INDEX questions_case ON public.questions USING btree (case_id, created_at DESC, id DESC);

CREATE INDEX questions_marac ON public.questions USING btree (marac_id);

CREATE INDEX questions_settled_by ON public.questions USING btree (settled_by) WHERE (settled_by IS NOT NULL);

CREATE INDEX questions_taken_by ON public.questions USING btree (taken_by) WHERE (taken_by IS NOT NULL);

CREATE INDEX referral_counts_case ON public.referral_counts USING btree (case_id);

CREATE INDEX referral_counts_period ON public.referral_counts USING btree (marac_id, referred_on);

CREATE INDEX referral_joins_case ON public.referral_joins USING btree (case_id);

CREATE INDEX referral_joins_file ON public.referral_joins USING btree (file_id);

CREATE INDEX referral_joins_joined_by ON public.referral_joins USING btree (joined_by) WHERE (joined_by IS NOT NULL);

CREATE INDEX referral_joins_marac ON public.referral_joins USING btree (marac_id);

CREATE INDEX referral_joins_unjoined_by ON public.referral_joins USING btree (unjoined_by) WHERE (unjoined_by IS NOT NULL);

CREATE INDEX referrals_actor ON public.referrals USING btree (actor_id) WHERE (actor_id IS NOT NULL);

CREATE INDEX referrals_case ON public.referrals USING btree (case_id, referred_on);

CREATE INDEX referrals_co_agency ON public.referrals USING btree (co_agency_id) WHERE (co_agency_id IS NOT NULL);

CREATE INDEX referrals_decided_by ON public.referrals USING btree (decided_by) WHERE (decided_by IS NOT NULL);

CREATE INDEX referrals_inbox ON public.referrals USING btree (marac_id, ((NOT urgent)), submitted_at, id) WHERE (status = ANY (ARRAY['submitted'::text, 'returned'::text]));

CREATE INDEX referrals_marac ON public.referrals USING btree (marac_id, created_at DESC, id DESC);

CREATE INDEX referrals_mine ON public.referrals USING btree (submitted_by, created_at DESC, id DESC);

CREATE INDEX referrals_own_file ON public.referrals USING btree (own_file_id) WHERE (own_file_id IS NOT NULL);

CREATE INDEX refresh_tokens_session ON public.refresh_tokens USING btree (session_id);

CREATE INDEX registered_actors_agency ON public.registered_actors USING btree (agency_id, id);

CREATE UNIQUE INDEX registered_actors_one_service ON public.registered_actors USING btree (client_id) WHERE (kind = 'service'::text);

CREATE INDEX registered_actors_ref ON public.registered_actors USING btree (agency_id, partner_ref);

CREATE INDEX registered_actors_user ON public.registered_actors USING btree (user_id) WHERE (user_id IS NOT NULL);

CREATE INDEX research_returns_agency ON public.research_returns USING btree (agency_id, due_on, id);

CREATE INDEX research_returns_asked ON public.research_returns USING btree (agency_id, due_on, id) WHERE ((status = 'requested'::text) AND (standing = 'open'::text));

CREATE INDEX research_returns_by_actor ON public.research_returns USING btree (by_actor_id) WHERE (by_actor_id IS NOT NULL);

CREATE INDEX research_returns_by_user ON public.research_returns USING btree (by_user_id) WHERE (by_user_id IS NOT NULL);

CREATE INDEX research_returns_case ON public.research_returns USING btree (case_id);

CREATE INDEX research_returns_due ON public.research_returns USING btree (due_on) WHERE ((status = 'requested'::text) AND (standing = 'open'::text));

CREATE INDEX research_returns_marac ON public.research_returns USING btree (marac_id);

CREATE INDEX research_returns_meeting ON public.research_returns USING btree (meeting_id, agency_id);

CREATE INDEX research_versions_by_actor ON public.research_versions USING btree (by_actor_id) WHERE (by_actor_id IS NOT NULL);

CREATE INDEX research_versions_by_user ON public.research_versions USING btree (by_user_id) WHERE (by_user_id IS NOT NULL);

CREATE INDEX research_versions_case ON public.research_versions USING btree (case_id);

CREATE INDEX research_versions_marac ON public.research_versions USING btree (marac_id);

CREATE INDEX restrictions_case ON public.restrictions USING btree (case_id);

CREATE INDEX restrictions_lifted_by ON public.restrictions USING btree (lifted_by) WHERE (lifted_by IS NOT NULL);

CREATE INDEX restrictions_marac ON public.restrictions USING btree (marac_id, ends_at);

CREATE INDEX restrictions_origin ON public.restrictions USING btree (origin_id) WHERE (origin_id IS NOT NULL);

CREATE INDEX restrictions_referral ON public.restrictions USING btree (referral_id) WHERE (referral_id IS NOT NULL);

CREATE INDEX restrictions_set_by ON public.restrictions USING btree (set_by) WHERE (set_by IS NOT NULL);

CREATE INDEX risk_assessments_actor ON public.risk_assessments USING btree (actor_id) WHERE (actor_id IS NOT NULL);

CREATE INDEX risk_assessments_agency ON public.risk_assessments USING btree (agency_id);

CREATE INDEX risk_assessments_case ON public.risk_assessments USING btree (case_id, created_at DESC);

CREATE INDEX risk_assessments_created_by ON public.risk_assessments USING btree (created_by) WHERE (created_by IS NOT NULL);

CREATE INDEX risk_assessments_marac ON public.risk_assessments USING btree (marac_id);

CREATE INDEX risk_assessments_referral ON public.risk_assessments USING btree (referral_id) WHERE (referral_id IS NOT NULL);

CREATE INDEX risk_assessments_supersedes ON public.risk_assessments USING btree (supersedes_id) WHERE (supersedes_id IS NOT NULL);

CREATE INDEX risk_figures_assessment ON public.risk_figures USING btree (assessment_id);

CREATE INDEX risk_figures_marac ON public.risk_figures USING btree (marac_id);

CREATE INDEX role_grants_deputy ON public.role_grants USING btree (deputy_id) WHERE (deputy_id IS NOT NULL);

CREATE INDEX role_grants_granted_by ON public.role_grants USING btree (granted_by) WHERE (granted_by IS NOT NULL);

CREATE INDEX role_grants_marac ON public.role_grants USING btree (marac_id);

CREATE INDEX sessions_user ON public.sessions USING btree (user_id) WHERE (revoked_at IS NULL);

CREATE INDEX standard_action_versions_created_by ON public.standard_action_versions USING btree (created_by) WHERE (created_by IS NOT NULL);

CREATE INDEX told_already_actor ON public.told_already USING btree (actor_id) WHERE (actor_id IS NOT NULL);

CREATE INDEX told_already_agency ON public.told_already USING btree (agency_id);

CREATE INDEX told_already_case ON public.told_already USING btree (case_id);

CREATE INDEX told_already_marac ON public.told_already USING btree (marac_id);

CREATE UNIQUE INDEX told_already_once ON public.told_already USING btree (case_id, heading, COALESCE(user_id, actor_id)) WHERE (question_id IS NULL);

CREATE INDEX told_already_question ON public.told_already USING btree (question_id) WHERE (question_id IS NOT NULL);

CREATE INDEX told_already_user ON public.told_already USING btree (user_id) WHERE (user_id IS NOT NULL);

CREATE INDEX users_agency ON public.users USING btree (agency_id, id);

CREATE INDEX users_disabled_by ON public.users USING btree (disabled_by) WHERE (disabled_by IS NOT NULL);

CREATE INDEX users_in_hand_of ON public.users USING btree (in_hand_of) WHERE (in_hand_of IS NOT NULL);

CREATE TRIGGER audit_adoptions_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.audit_adoptions FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER audit_chain_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.audit_chain FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER audit_events_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.audit_events FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER audit_heads_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.audit_heads FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER follow AFTER INSERT ON public.exclusions FOR EACH ROW WHEN (((new.laid_by IS NULL) OR (new.laid_by = 'maker'::text))) EXECUTE FUNCTION public.exclusion_was_set();

CREATE TRIGGER follow AFTER INSERT ON public.match_tokens REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION public.tokens_were_added();

CREATE TRIGGER follow AFTER INSERT OR UPDATE OF person_id ON public.parties FOR EACH ROW EXECUTE FUNCTION public.person_was_linked();

CREATE CONSTRAINT TRIGGER follow AFTER INSERT OR UPDATE ON public.restrictions DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN ((new.origin_id IS NULL)) EXECUTE FUNCTION public.restriction_was_changed();

CREATE TRIGGER follow_end AFTER UPDATE OF ends_at ON public.exclusions FOR EACH ROW WHEN ((new.ends_at < old.ends_at)) EXECUTE FUNCTION public.exclusion_was_ended();

CREATE TRIGGER hold_on_joined AFTER INSERT ON public.exclusions FOR EACH ROW EXECUTE FUNCTION public.exclusion_was_made();

CREATE CONSTRAINT TRIGGER hold_on_joined AFTER INSERT ON public.restrictions DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION public.restriction_was_made();

CREATE TRIGGER inherit AFTER INSERT ON public.api_clients FOR EACH ROW EXECUTE FUNCTION public.client_was_made();

CREATE TRIGGER inherit AFTER UPDATE OF outcome ON public.pending_grants FOR EACH ROW WHEN ((new.outcome = 'confirmed'::text)) EXECUTE FUNCTION public.grant_was_confirmed();

CREATE TRIGGER inherit AFTER INSERT ON public.registered_actors FOR EACH ROW EXECUTE FUNCTION public.actor_was_made();

CREATE TRIGGER inherit AFTER INSERT ON public.role_grants FOR EACH ROW EXECUTE FUNCTION public.role_was_granted();

CREATE TRIGGER inherit AFTER INSERT ON public.users FOR EACH ROW EXECUTE FUNCTION public.account_was_made();

CREATE TRIGGER inherit_again AFTER UPDATE OF secret_hash, rights, disabled_at ON public.api_clients FOR EACH ROW WHEN (((new.secret_hash <> old.secret_hash) OR (NOT (new.rights <@ old.rights)) OR ((old.disabled_at IS NOT NULL) AND (new.disabled_at IS NULL)))) EXECUTE FUNCTION public.client_was_made();

CREATE TRIGGER inherit_again AFTER UPDATE OF user_id, disabled_at ON public.registered_actors FOR EACH ROW WHEN (((new.user_id IS DISTINCT FROM old.user_id) OR ((old.disabled_at IS NOT NULL) AND (new.disabled_at IS NULL)))) EXECUTE FUNCTION public.actor_was_made();

CREATE TRIGGER inherit_again AFTER UPDATE OF ends_at, role ON public.role_grants FOR EACH ROW WHEN (((new.ends_at > old.ends_at) OR (new.role <> old.role))) EXECUTE FUNCTION public.role_was_granted();

CREATE TRIGGER inherit_again AFTER UPDATE OF email, disabled_at ON public.users FOR EACH ROW WHEN (((new.email <> old.email) OR ((old.disabled_at IS NOT NULL) AND (new.disabled_at IS NULL)))) EXECUTE FUNCTION public.account_was_made();

CREATE TRIGGER live_holder BEFORE INSERT OR UPDATE OF owner_user_id ON public.actions FOR EACH ROW WHEN ((new.owner_user_id IS NOT NULL)) EXECUTE FUNCTION public.refuse_closed_account();

CREATE TRIGGER live_holder BEFORE INSERT OR UPDATE OF user_id ON public.attendances FOR EACH ROW WHEN ((new.user_id IS NOT NULL)) EXECUTE FUNCTION public.refuse_closed_account();

CREATE TRIGGER live_holder BEFORE INSERT OR UPDATE OF lead_user_id ON public.cases FOR EACH ROW WHEN ((new.lead_user_id IS NOT NULL)) EXECUTE FUNCTION public.refuse_closed_account();

CREATE TRIGGER live_holder BEFORE INSERT OR UPDATE OF user_id ON public.circle FOR EACH ROW WHEN ((new.user_id IS NOT NULL)) EXECUTE FUNCTION public.refuse_closed_account();

CREATE TRIGGER live_holder BEFORE INSERT OR UPDATE OF user_id ON public.idva_allocations FOR EACH ROW WHEN ((new.user_id IS NOT NULL)) EXECUTE FUNCTION public.refuse_closed_account();

CREATE TRIGGER live_holder BEFORE INSERT OR UPDATE OF submitted_by ON public.referrals FOR EACH ROW WHEN ((new.submitted_by IS NOT NULL)) EXECUTE FUNCTION public.refuse_closed_account();

CREATE TRIGGER live_holder BEFORE INSERT OR UPDATE OF deputy_id ON public.role_grants FOR EACH ROW WHEN ((new.deputy_id IS NOT NULL)) EXECUTE FUNCTION public.refuse_closed_account();

CREATE TRIGGER minutes_parts_stay BEFORE INSERT OR DELETE ON public.minutes_parts FOR EACH ROW EXECUTE FUNCTION public.minutes_part_of_draft();

CREATE TRIGGER minutes_parts_stay_whole BEFORE UPDATE OR TRUNCATE ON public.minutes_parts FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER minutes_versions_stay BEFORE DELETE OR UPDATE ON public.minutes_versions FOR EACH ROW WHEN ((old.status = 'issued'::text)) EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER minutes_versions_stay_whole BEFORE TRUNCATE ON public.minutes_versions FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER pause_circle AFTER UPDATE OF status ON public.cases FOR EACH ROW EXECUTE FUNCTION public.pause_circle();

CREATE TRIGGER pause_new_row BEFORE INSERT OR UPDATE OF case_id ON public.circle FOR EACH ROW EXECUTE FUNCTION public.pause_new_row();

CREATE TRIGGER release_allocations AFTER UPDATE OF disabled_at ON public.users FOR EACH ROW WHEN (((new.disabled_at IS NOT NULL) AND (old.disabled_at IS NULL))) EXECUTE FUNCTION public.release_allocations();

ALTER TABLE ONLY public.absences
    ADD CONSTRAINT absences_recorded_by_fkey FOREIGN KEY (recorded_by) REFERENCES public.users(id);

ALTER TABLE ONLY public.absences
    ADD CONSTRAINT absences_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id);

ALTER TABLE ONLY public.account_entries
    ADD CONSTRAINT account_entries_actor_id_fkey FOREIGN KEY (actor_id) REFERENCES public.registered_actors(id);

ALTER TABLE ONLY public.account_entries
    ADD CONSTRAINT account_entries_agency_id_fkey FOREIGN KEY (agency_id) REFERENCES public.agencies(id);

ALTER TABLE ONLY public.account_entries
    ADD CONSTRAINT account_entries_author_id_fkey FOREIGN KEY (author_id) REFERENCES public.users(id);

ALTER TABLE ONLY public.account_entries
    ADD CONSTRAINT account_entries_case_id_fkey FOREIGN KEY (case_id) REFERENCES public.cases(id);

ALTER TABLE ONLY public.account_entries
    ADD CONSTRAINT account_entries_marac_id_fkey FOREIGN KEY (marac_id) REFERENCES public.maracs(id);

ALTER TABLE ONLY public.account_entries
    ADD CONSTRAINT account_entries_referral_id_fkey FOREIGN KEY (referral_id) REFERENCES public.referrals(id);

ALTER TABLE ONLY public.account_entries
    ADD CONSTRAINT account_entries_superseded_by_id_fkey FOREIGN KEY (superseded_by_id) REFERENCES public.account_entries(id);

ALTER TABLE ONLY public.account_entries
    ADD CONSTRAINT account_entries_supersedes_id_fkey FOREIGN KEY (supersedes_id) REFERENCES public.account_entries(id);

ALTER TABLE ONLY public.action_changes
    ADD CONSTRAINT action_changes_action_id_fkey FOREIGN KEY (action_id) REFERENCES public.actions(id);

ALTER TABLE ONLY public.action_changes
    ADD CONSTRAINT action_changes_agency_id_fkey FOREIGN KEY (agency_id) REFERENCES public.agencies(id);

ALTER TABLE ONLY public.action_changes
    ADD CONSTRAINT action_changes_case_id_fkey FOREIGN KEY (case_id) REFERENCES public.cases(id);

ALTER TABLE ONLY public.action_changes
    ADD CONSTRAINT action_changes_marac_id_fkey FOREIGN KEY (marac_id) REFERENCES public.maracs(id);

ALTER TABLE ONLY public.action_escalations
    ADD CONSTRAINT action_escalations_action_id_fkey FOREIGN KEY (action_id) REFERENCES public.actions(id);

ALTER TABLE ONLY public.action_escalations
    ADD CONSTRAINT action_escalations_case_id_fkey FOREIGN KEY (case_id) REFERENCES public.cases(id);

ALTER TABLE ONLY public.action_escalations
    ADD CONSTRAINT action_escalations_marac_id_fkey FOREIGN KEY (marac_id) REFERENCES public.maracs(id);

ALTER TABLE ONLY public.action_escalations
    ADD CONSTRAINT action_escalations_owner_agency_id_fkey FOREIGN KEY (owner_agency_id) REFERENCES public.agencies(id);

ALTER TABLE ONLY public.action_events
    ADD CONSTRAINT action_events_action_id_fkey FOREIGN KEY (action_id) REFERENCES public.actions(id);

ALTER TABLE ONLY public.action_events
    ADD CONSTRAINT action_events_by_actor_id_fkey FOREIGN KEY (by_actor_id) REFERENCES public.registered_actors(id);

ALTER TABLE ONLY public.action_events
    ADD CONSTRAINT action_events_by_agency_id_fkey FOREIGN KEY (by_agency_id) REFERENCES public.agencies(id);

ALTER TABLE ONLY public.action_events
    ADD CONSTRAINT action_events_by_user_id_fkey FOREIGN KEY (by_user_id) REFERENCES public.users(id);

ALTER TABLE ONLY public.action_events
    ADD CONSTRAINT action_events_case_id_fkey FOREIGN KEY (case_id) REFERENCES public.cases(id);

ALTER TABLE ONLY public.action_events
    ADD CONSTRAINT action_events_marac_id_fkey FOREIGN KEY (marac_id) REFERENCES public.maracs(id);

ALTER TABLE ONLY public.action_events
    ADD CONSTRAINT action_events_owner_agency_id_fkey FOREIGN KEY (owner_agency_id) REFERENCES public.agencies(id);

ALTER TABLE ONLY public.actions
    ADD CONSTRAINT actions_agenda_item_id_fkey FOREIGN KEY (agenda_item_id) REFERENCES public.agenda_items(id);

ALTER TABLE ONLY public.actions
    ADD CONSTRAINT actions_case_id_fkey FOREIGN KEY (case_id) REFERENCES public.cases(id);

ALTER TABLE ONLY public.actions
    ADD CONSTRAINT actions_created_by_fkey FOREIGN KEY (created_by) REFERENCES public.users(id);

ALTER TABLE ONLY public.actions
    ADD CONSTRAINT actions_marac_id_fkey FOREIGN KEY (marac_id) REFERENCES public.maracs(id);

ALTER TABLE ONLY public.actions
    ADD CONSTRAINT actions_meeting_id_fkey FOREIGN KEY (meeting_id) REFERENCES public.meetings(id);

ALTER TABLE ONLY public.actions
    ADD CONSTRAINT actions_owner_agency_id_fkey FOREIGN KEY (owner_agency_id) REFERENCES public.agencies(id);

ALTER TABLE ONLY public.actions
    ADD CONSTRAINT actions_owner_user_id_fkey FOREIGN KEY (owner_user_id) REFERENCES public.users(id);

ALTER TABLE ONLY public.actions
    ADD CONSTRAINT actions_superseded_by_id_fkey FOREIGN KEY (superseded_by_id) REFERENCES public.actions(id);

ALTER TABLE ONLY public.address_changes
    ADD CONSTRAINT address_changes_asked_by_fkey FOREIGN KEY (asked_by) REFERENCES public.users(id);

ALTER TABLE ONLY public.address_changes
    ADD CONSTRAINT address_changes_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id);

ALTER TABLE ONLY public.agenda_items
    ADD CONSTRAINT agenda_items_case_id_fkey FOREIGN KEY (case_id) REFERENCES public.cases(id);

ALTER TABLE ONLY public.agenda_items
    ADD CONSTRAINT agenda_items_decided_by_fkey FOREIGN KEY (decided_by) REFERENCES public.users(id);

ALTER TABLE ONLY public.agenda_items
    ADD CONSTRAINT agenda_items_deferred_to_id_fkey FOREIGN KEY (deferred_to_id) REFERENCES public.meetings(id);

ALTER TABLE ONLY public.agenda_items
    ADD CONSTRAINT agenda_items_marac_id_fkey FOREIGN KEY (marac_id) REFERENCES public.maracs(id);

ALTER TABLE ONLY public.agenda_items
    ADD CONSTRAINT agenda_items_meeting_id_fkey FOREIGN KEY (meeting_id) REFERENCES public.meetings(id);

ALTER TABLE ONLY public.agenda_items
    ADD CONSTRAINT agenda_items_referral_id_fkey FOREIGN KEY (referral_id) REFERENCES public.referrals(id);

ALTER TABLE ONLY public.agenda_listings
    ADD CONSTRAINT agenda_listings_agency_id_fkey FOREIGN KEY (agency_id) REFERENCES public.agencies(id);

ALTER TABLE ONLY public.agenda_listings
    ADD CONSTRAINT agenda_listings_agenda_item_id_fkey FOREIGN KEY (agenda_item_id) REFERENCES public.agenda_items(id);

ALTER TABLE ONLY public.agenda_listings
    ADD CONSTRAINT agenda_listings_case_id_fkey FOREIGN KEY (case_id) REFERENCES public.cases(id);

ALTER TABLE ONLY public.agenda_listings
    ADD CONSTRAINT agenda_listings_marac_id_fkey FOREIGN KEY (marac_id) REFERENCES public.maracs(id);

ALTER TABLE ONLY public.agenda_sessions
    ADD CONSTRAINT agenda_sessions_marac_id_fkey FOREIGN KEY (marac_id) REFERENCES public.maracs(id);

ALTER TABLE ONLY public.agenda_sessions
    ADD CONSTRAINT agenda_sessions_meeting_id_fkey FOREIGN KEY (meeting_id) REFERENCES public.meetings(id);

ALTER TABLE ONLY public.api_clients
    ADD CONSTRAINT api_clients_agency_id_fkey FOREIGN KEY (agency_id) REFERENCES public.agencies(id);

ALTER TABLE ONLY public.api_clients
    ADD CONSTRAINT api_clients_created_by_fkey FOREIGN KEY (created_by) REFERENCES public.users(id);

ALTER TABLE ONLY public.attendance_items
    ADD CONSTRAINT attendance_items_agenda_item_id_fkey FOREIGN KEY (agenda_item_id) REFERENCES public.agenda_items(id);

ALTER TABLE ONLY public.attendance_items
    ADD CONSTRAINT attendance_items_attendance_id_fkey FOREIGN KEY (attendance_id) REFERENCES public.attendances(id);

ALTER TABLE ONLY public.attendance_items
    ADD CONSTRAINT attendance_items_case_id_fkey FOREIGN KEY (case_id) REFERENCES public.cases(id);

ALTER TABLE ONLY public.attendance_items
    ADD CONSTRAINT attendance_items_marac_id_fkey FOREIGN KEY (marac_id) REFERENCES public.maracs(id);

ALTER TABLE ONLY public.attendances
    ADD CONSTRAINT attendances_actor_id_fkey FOREIGN KEY (actor_id) REFERENCES public.registered_actors(id);

ALTER TABLE ONLY public.attendances
    ADD CONSTRAINT attendances_agency_id_fkey FOREIGN KEY (agency_id) REFERENCES public.agencies(id);

ALTER TABLE ONLY public.attendances
    ADD CONSTRAINT attendances_confidentiality_recorded_by_fkey FOREIGN KEY (confidentiality_recorded_by) REFERENCES public.users(id);

ALTER TABLE ONLY public.attendances
    ADD CONSTRAINT attendances_marac_id_fkey FOREIGN KEY (marac_id) REFERENCES public.maracs(id);

ALTER TABLE ONLY public.attendances
    ADD CONSTRAINT attendances_meeting_id_fkey FOREIGN KEY (meeting_id) REFERENCES public.meetings(id);

ALTER TABLE ONLY public.attendances
    ADD CONSTRAINT attendances_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id);

ALTER TABLE ONLY public.audit_adoptions
    ADD CONSTRAINT audit_adoptions_last_seq_fkey FOREIGN KEY (last_seq) REFERENCES public.audit_heads(last_seq);

ALTER TABLE ONLY public.calendar_feeds
    ADD CONSTRAINT calendar_feeds_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id);

ALTER TABLE ONLY public.cases
    ADD CONSTRAINT cases_lead_agency_id_fkey FOREIGN KEY (lead_agency_id) REFERENCES public.agencies(id);

ALTER TABLE ONLY public.cases
    ADD CONSTRAINT cases_lead_user_id_fkey FOREIGN KEY (lead_user_id) REFERENCES public.users(id);

ALTER TABLE ONLY public.cases
    ADD CONSTRAINT cases_marac_id_fkey FOREIGN KEY (marac_id) REFERENCES public.maracs(id);

ALTER TABLE ONLY public.circle
    ADD CONSTRAINT circle_actor_id_fkey FOREIGN KEY (actor_id) REFERENCES public.registered_actors(id);

ALTER TABLE ONLY public.circle
    ADD CONSTRAINT circle_agency_id_fkey FOREIGN KEY (agency_id) REFERENCES public.agencies(id);

ALTER TABLE ONLY public.circle
    ADD CONSTRAINT circle_case_id_fkey FOREIGN KEY (case_id) REFERENCES public.cases(id);

ALTER TABLE ONLY public.circle
    ADD CONSTRAINT circle_created_by_fkey FOREIGN KEY (created_by) REFERENCES public.users(id);

ALTER TABLE ONLY public.circle
    ADD CONSTRAINT circle_marac_id_fkey FOREIGN KEY (marac_id) REFERENCES public.maracs(id);

ALTER TABLE ONLY public.circle
    ADD CONSTRAINT circle_meeting_id_fkey FOREIGN KEY (meeting_id) REFERENCES public.meetings(id);

ALTER TABLE ONLY public.circle
    ADD CONSTRAINT circle_restriction_id_fkey FOREIGN KEY (restriction_id) REFERENCES public.restrictions(id);

ALTER TABLE ONLY public.circle
    ADD CONSTRAINT circle_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id);

ALTER TABLE ONLY public.confidentiality_statements
    ADD CONSTRAINT confidentiality_statements_created_by_fkey FOREIGN KEY (created_by) REFERENCES public.users(id);

ALTER TABLE ONLY public.confidentiality_statements
    ADD CONSTRAINT confidentiality_statements_marac_id_fkey FOREIGN KEY (marac_id) REFERENCES public.maracs(id);

ALTER TABLE ONLY public.conflicts_of_interest
    ADD CONSTRAINT conflicts_of_interest_agenda_item_id_fkey FOREIGN KEY (agenda_item_id) REFERENCES public.agenda_items(id);

ALTER TABLE ONLY public.conflicts_of_interest
    ADD CONSTRAINT conflicts_of_interest_case_id_fkey FOREIGN KEY (case_id) REFERENCES public.cases(id);

ALTER TABLE ONLY public.conflicts_of_interest
    ADD CONSTRAINT conflicts_of_interest_declared_by_fkey FOREIGN KEY (declared_by) REFERENCES public.users(id);

ALTER TABLE ONLY public.conflicts_of_interest
    ADD CONSTRAINT conflicts_of_interest_exclusion_id_fkey FOREIGN KEY (exclusion_id) REFERENCES public.exclusions(id);

ALTER TABLE ONLY public.conflicts_of_interest
    ADD CONSTRAINT conflicts_of_interest_marac_id_fkey FOREIGN KEY (marac_id) REFERENCES public.maracs(id);

ALTER TABLE ONLY public.damaged_meeting_parts
    ADD CONSTRAINT damaged_meeting_parts_marac_id_fkey FOREIGN KEY (marac_id) REFERENCES public.maracs(id);

ALTER TABLE ONLY public.damaged_meeting_parts
    ADD CONSTRAINT damaged_meeting_parts_meeting_id_fkey FOREIGN KEY (meeting_id) REFERENCES public.meetings(id);

ALTER TABLE ONLY public.damaged_parts
    ADD CONSTRAINT damaged_parts_case_id_fkey FOREIGN KEY (case_id) REFERENCES public.cases(id);

ALTER TABLE ONLY public.damaged_parts
    ADD CONSTRAINT damaged_parts_marac_id_fkey FOREIGN KEY (marac_id) REFERENCES public.maracs(id);

ALTER TABLE ONLY public.data_keys
    ADD CONSTRAINT data_keys_case_id_fkey FOREIGN KEY (case_id) REFERENCES public.cases(id);

ALTER TABLE ONLY public.data_keys
    ADD CONSTRAINT data_keys_marac_id_fkey FOREIGN KEY (marac_id) REFERENCES public.maracs(id);

ALTER TABLE ONLY public.entry_openings
    ADD CONSTRAINT entry_openings_agency_id_fkey FOREIGN KEY (agency_id) REFERENCES public.agencies(id);

ALTER TABLE ONLY public.entry_openings
    ADD CONSTRAINT entry_openings_case_id_fkey FOREIGN KEY (case_id) REFERENCES public.cases(id);

ALTER TABLE ONLY public.entry_openings
    ADD CONSTRAINT entry_openings_circle_id_fkey FOREIGN KEY (circle_id) REFERENCES public.circle(id);

ALTER TABLE ONLY public.entry_openings
    ADD CONSTRAINT entry_openings_entry_id_fkey FOREIGN KEY (entry_id) REFERENCES public.account_entries(id);

ALTER TABLE ONLY public.entry_openings
    ADD CONSTRAINT entry_openings_marac_id_fkey FOREIGN KEY (marac_id) REFERENCES public.maracs(id);

ALTER TABLE ONLY public.entry_openings
    ADD CONSTRAINT entry_openings_opened_by_fkey FOREIGN KEY (opened_by) REFERENCES public.users(id);

ALTER TABLE ONLY public.entry_openings
    ADD CONSTRAINT entry_openings_question_id_fkey FOREIGN KEY (question_id) REFERENCES public.questions(id);

ALTER TABLE ONLY public.exclusions
    ADD CONSTRAINT exclusions_actor_id_fkey FOREIGN KEY (actor_id) REFERENCES public.registered_actors(id);

ALTER TABLE ONLY public.exclusions
    ADD CONSTRAINT exclusions_agency_id_fkey FOREIGN KEY (agency_id) REFERENCES public.agencies(id);

ALTER TABLE ONLY public.exclusions
    ADD CONSTRAINT exclusions_case_id_fkey FOREIGN KEY (case_id) REFERENCES public.cases(id);

ALTER TABLE ONLY public.exclusions
    ADD CONSTRAINT exclusions_client_id_fkey FOREIGN KEY (client_id) REFERENCES public.api_clients(id);

ALTER TABLE ONLY public.exclusions
    ADD CONSTRAINT exclusions_exempt_user_id_fkey FOREIGN KEY (exempt_user_id) REFERENCES public.users(id);

ALTER TABLE ONLY public.exclusions
    ADD CONSTRAINT exclusions_lifted_by_fkey FOREIGN KEY (lifted_by) REFERENCES public.users(id);

ALTER TABLE ONLY public.exclusions
    ADD CONSTRAINT exclusions_marac_id_fkey FOREIGN KEY (marac_id) REFERENCES public.maracs(id);

ALTER TABLE ONLY public.exclusions
    ADD CONSTRAINT exclusions_origin_id_fkey FOREIGN KEY (origin_id) REFERENCES public.exclusions(id);

ALTER TABLE ONLY public.exclusions
    ADD CONSTRAINT exclusions_referral_id_fkey FOREIGN KEY (referral_id) REFERENCES public.referrals(id);

ALTER TABLE ONLY public.exclusions
    ADD CONSTRAINT exclusions_root_id_fkey FOREIGN KEY (root_id) REFERENCES public.exclusions(id);

ALTER TABLE ONLY public.exclusions
    ADD CONSTRAINT exclusions_set_by_fkey FOREIGN KEY (set_by) REFERENCES public.users(id);

ALTER TABLE ONLY public.exclusions
    ADD CONSTRAINT exclusions_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id);

ALTER TABLE ONLY public.flag_events
    ADD CONSTRAINT flag_events_agency_id_fkey FOREIGN KEY (agency_id) REFERENCES public.agencies(id);

ALTER TABLE ONLY public.flag_events
    ADD CONSTRAINT flag_events_by_actor_id_fkey FOREIGN KEY (by_actor_id) REFERENCES public.registered_actors(id);

ALTER TABLE ONLY public.flag_events
    ADD CONSTRAINT flag_events_by_agency_id_fkey FOREIGN KEY (by_agency_id) REFERENCES public.agencies(id);

ALTER TABLE ONLY public.flag_events
    ADD CONSTRAINT flag_events_by_user_id_fkey FOREIGN KEY (by_user_id) REFERENCES public.users(id);

ALTER TABLE ONLY public.flag_events
    ADD CONSTRAINT flag_events_case_id_fkey FOREIGN KEY (case_id) REFERENCES public.cases(id);

ALTER TABLE ONLY public.flag_events
    ADD CONSTRAINT flag_events_flag_id_fkey FOREIGN KEY (flag_id) REFERENCES public.flags(id);

ALTER TABLE ONLY public.flag_events
    ADD CONSTRAINT flag_events_marac_id_fkey FOREIGN KEY (marac_id) REFERENCES public.maracs(id);

ALTER TABLE ONLY public.flags
    ADD CONSTRAINT flags_agency_id_fkey FOREIGN KEY (agency_id) REFERENCES public.agencies(id);

ALTER TABLE ONLY public.flags
    ADD CONSTRAINT flags_case_id_fkey FOREIGN KEY (case_id) REFERENCES public.cases(id);

ALTER TABLE ONLY public.flags
    ADD CONSTRAINT flags_marac_id_fkey FOREIGN KEY (marac_id) REFERENCES public.maracs(id);

ALTER TABLE ONLY public.hearing_entries
    ADD CONSTRAINT hearing_entries_actor_id_fkey FOREIGN KEY (actor_id) REFERENCES public.registered_actors(id);

ALTER TABLE ONLY public.hearing_entries
    ADD CONSTRAINT hearing_entries_agency_id_fkey FOREIGN KEY (agency_id) REFERENCES public.agencies(id);

ALTER TABLE ONLY public.hearing_entries
    ADD CONSTRAINT hearing_entries_agenda_item_id_fkey FOREIGN KEY (agenda_item_id) REFERENCES public.agenda_items(id);

ALTER TABLE ONLY public.hearing_entries
    ADD CONSTRAINT hearing_entries_author_id_fkey FOREIGN KEY (author_id) REFERENCES public.users(id);

ALTER TABLE ONLY public.hearing_entries
    ADD CONSTRAINT hearing_entries_case_id_fkey FOREIGN KEY (case_id) REFERENCES public.cases(id);

ALTER TABLE ONLY public.hearing_entries
    ADD CONSTRAINT hearing_entries_marac_id_fkey FOREIGN KEY (marac_id) REFERENCES public.maracs(id);

ALTER TABLE ONLY public.hearing_entries
    ADD CONSTRAINT hearing_entries_superseded_by_id_fkey FOREIGN KEY (superseded_by_id) REFERENCES public.hearing_entries(id);

ALTER TABLE ONLY public.hearing_entries
    ADD CONSTRAINT hearing_entries_supersedes_id_fkey FOREIGN KEY (supersedes_id) REFERENCES public.hearing_entries(id);

ALTER TABLE ONLY public.identity_differences
    ADD CONSTRAINT identity_differences_case_id_fkey FOREIGN KEY (case_id) REFERENCES public.cases(id);

ALTER TABLE ONLY public.identity_differences
    ADD CONSTRAINT identity_differences_decided_by_fkey FOREIGN KEY (decided_by) REFERENCES public.users(id);

ALTER TABLE ONLY public.identity_differences
    ADD CONSTRAINT identity_differences_marac_id_fkey FOREIGN KEY (marac_id) REFERENCES public.maracs(id);

ALTER TABLE ONLY public.identity_differences
    ADD CONSTRAINT identity_differences_party_id_fkey FOREIGN KEY (party_id) REFERENCES public.parties(id);

ALTER TABLE ONLY public.identity_differences
    ADD CONSTRAINT identity_differences_referral_id_fkey FOREIGN KEY (referral_id) REFERENCES public.referrals(id);

ALTER TABLE ONLY public.idva_allocations
    ADD CONSTRAINT idva_allocations_agency_id_fkey FOREIGN KEY (agency_id) REFERENCES public.agencies(id);

ALTER TABLE ONLY public.idva_allocations
    ADD CONSTRAINT idva_allocations_case_id_fkey FOREIGN KEY (case_id) REFERENCES public.cases(id);

ALTER TABLE ONLY public.idva_allocations
    ADD CONSTRAINT idva_allocations_created_by_fkey FOREIGN KEY (created_by) REFERENCES public.users(id);

ALTER TABLE ONLY public.idva_allocations
    ADD CONSTRAINT idva_allocations_marac_id_fkey FOREIGN KEY (marac_id) REFERENCES public.maracs(id);

ALTER TABLE ONLY public.idva_allocations
    ADD CONSTRAINT idva_allocations_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id);

ALTER TABLE ONLY public.idva_contacts
    ADD CONSTRAINT idva_contacts_agency_id_fkey FOREIGN KEY (agency_id) REFERENCES public.agencies(id);

ALTER TABLE ONLY public.idva_contacts
    ADD CONSTRAINT idva_contacts_allocation_id_fkey FOREIGN KEY (allocation_id) REFERENCES public.idva_allocations(id);

ALTER TABLE ONLY public.idva_contacts
    ADD CONSTRAINT idva_contacts_by_actor_id_fkey FOREIGN KEY (by_actor_id) REFERENCES public.registered_actors(id);

ALTER TABLE ONLY public.idva_contacts
    ADD CONSTRAINT idva_contacts_by_user_id_fkey FOREIGN KEY (by_user_id) REFERENCES public.users(id);

ALTER TABLE ONLY public.idva_contacts
    ADD CONSTRAINT idva_contacts_case_id_fkey FOREIGN KEY (case_id) REFERENCES public.cases(id);

ALTER TABLE ONLY public.idva_contacts
    ADD CONSTRAINT idva_contacts_contact_id_fkey FOREIGN KEY (contact_id) REFERENCES public.party_contacts(id);

ALTER TABLE ONLY public.idva_contacts
    ADD CONSTRAINT idva_contacts_marac_id_fkey FOREIGN KEY (marac_id) REFERENCES public.maracs(id);

ALTER TABLE ONLY public.idva_contacts
    ADD CONSTRAINT idva_contacts_meeting_id_fkey FOREIGN KEY (meeting_id) REFERENCES public.meetings(id);

ALTER TABLE ONLY public.invitations
    ADD CONSTRAINT invitations_created_by_fkey FOREIGN KEY (created_by) REFERENCES public.users(id);

ALTER TABLE ONLY public.invitations
    ADD CONSTRAINT invitations_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id);

ALTER TABLE ONLY public.known_networks
    ADD CONSTRAINT known_networks_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id);

ALTER TABLE ONLY public.lapse_notices
    ADD CONSTRAINT lapse_notices_case_id_fkey FOREIGN KEY (case_id) REFERENCES public.cases(id);

ALTER TABLE ONLY public.lapse_notices
    ADD CONSTRAINT lapse_notices_decided_by_fkey FOREIGN KEY (decided_by) REFERENCES public.users(id);

ALTER TABLE ONLY public.lapse_notices
    ADD CONSTRAINT lapse_notices_marac_id_fkey FOREIGN KEY (marac_id) REFERENCES public.maracs(id);

ALTER TABLE ONLY public.marac_agencies
    ADD CONSTRAINT marac_agencies_agency_id_fkey FOREIGN KEY (agency_id) REFERENCES public.agencies(id);

ALTER TABLE ONLY public.marac_agencies
    ADD CONSTRAINT marac_agencies_marac_id_fkey FOREIGN KEY (marac_id) REFERENCES public.maracs(id);

ALTER TABLE ONLY public.marac_agencies
    ADD CONSTRAINT marac_agencies_suspended_by_fkey FOREIGN KEY (suspended_by) REFERENCES public.users(id);

ALTER TABLE ONLY public.match_tokens
    ADD CONSTRAINT match_tokens_case_id_fkey FOREIGN KEY (case_id) REFERENCES public.cases(id);

ALTER TABLE ONLY public.match_tokens
    ADD CONSTRAINT match_tokens_marac_id_fkey FOREIGN KEY (marac_id) REFERENCES public.maracs(id);

ALTER TABLE ONLY public.meeting_keys
    ADD CONSTRAINT meeting_keys_marac_id_fkey FOREIGN KEY (marac_id) REFERENCES public.maracs(id);

ALTER TABLE ONLY public.meeting_keys
    ADD CONSTRAINT meeting_keys_meeting_id_fkey FOREIGN KEY (meeting_id) REFERENCES public.meetings(id);

ALTER TABLE ONLY public.meetings
    ADD CONSTRAINT meetings_marac_id_fkey FOREIGN KEY (marac_id) REFERENCES public.maracs(id);

ALTER TABLE ONLY public.minutes_parts
    ADD CONSTRAINT minutes_parts_case_id_fkey FOREIGN KEY (case_id) REFERENCES public.cases(id);

ALTER TABLE ONLY public.minutes_parts
    ADD CONSTRAINT minutes_parts_marac_id_fkey FOREIGN KEY (marac_id) REFERENCES public.maracs(id);

ALTER TABLE ONLY public.minutes_parts
    ADD CONSTRAINT minutes_parts_meeting_id_fkey FOREIGN KEY (meeting_id) REFERENCES public.meetings(id);

ALTER TABLE ONLY public.minutes_parts
    ADD CONSTRAINT minutes_parts_version_id_fkey FOREIGN KEY (version_id) REFERENCES public.minutes_versions(id);

ALTER TABLE ONLY public.minutes_versions
    ADD CONSTRAINT minutes_versions_approved_by_fkey FOREIGN KEY (approved_by) REFERENCES public.users(id);

ALTER TABLE ONLY public.minutes_versions
    ADD CONSTRAINT minutes_versions_drafted_by_fkey FOREIGN KEY (drafted_by) REFERENCES public.users(id);

ALTER TABLE ONLY public.minutes_versions
    ADD CONSTRAINT minutes_versions_issued_by_fkey FOREIGN KEY (issued_by) REFERENCES public.users(id);

ALTER TABLE ONLY public.minutes_versions
    ADD CONSTRAINT minutes_versions_marac_id_fkey FOREIGN KEY (marac_id) REFERENCES public.maracs(id);

ALTER TABLE ONLY public.minutes_versions
    ADD CONSTRAINT minutes_versions_meeting_id_fkey FOREIGN KEY (meeting_id) REFERENCES public.meetings(id);

ALTER TABLE ONLY public.notification_preferences
    ADD CONSTRAINT notification_preferences_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id);

ALTER TABLE ONLY public.notifications
    ADD CONSTRAINT notifications_case_id_fkey FOREIGN KEY (case_id) REFERENCES public.cases(id);

ALTER TABLE ONLY public.notifications
    ADD CONSTRAINT notifications_client_id_fkey FOREIGN KEY (client_id) REFERENCES public.api_clients(id);

ALTER TABLE ONLY public.notifications
    ADD CONSTRAINT notifications_marac_id_fkey FOREIGN KEY (marac_id) REFERENCES public.maracs(id);

ALTER TABLE ONLY public.notifications
    ADD CONSTRAINT notifications_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id);

ALTER TABLE ONLY public.outbox
    ADD CONSTRAINT outbox_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id);

ALTER TABLE ONLY public.parties
    ADD CONSTRAINT parties_case_id_fkey FOREIGN KEY (case_id) REFERENCES public.cases(id);

ALTER TABLE ONLY public.parties
    ADD CONSTRAINT parties_marac_id_fkey FOREIGN KEY (marac_id) REFERENCES public.maracs(id);

ALTER TABLE ONLY public.parties
    ADD CONSTRAINT parties_person_id_fkey FOREIGN KEY (person_id) REFERENCES public.persons(id);

ALTER TABLE ONLY public.parties
    ADD CONSTRAINT parties_referral_id_fkey FOREIGN KEY (referral_id) REFERENCES public.referrals(id);

ALTER TABLE ONLY public.party_addresses
    ADD CONSTRAINT party_addresses_case_id_fkey FOREIGN KEY (case_id) REFERENCES public.cases(id);

ALTER TABLE ONLY public.party_addresses
    ADD CONSTRAINT party_addresses_marac_id_fkey FOREIGN KEY (marac_id) REFERENCES public.maracs(id);

ALTER TABLE ONLY public.party_addresses
    ADD CONSTRAINT party_addresses_party_id_fkey FOREIGN KEY (party_id) REFERENCES public.parties(id);

ALTER TABLE ONLY public.party_addresses
    ADD CONSTRAINT party_addresses_referral_id_fkey FOREIGN KEY (referral_id) REFERENCES public.referrals(id);

ALTER TABLE ONLY public.party_characteristics
    ADD CONSTRAINT party_characteristics_case_id_fkey FOREIGN KEY (case_id) REFERENCES public.cases(id);

ALTER TABLE ONLY public.party_characteristics
    ADD CONSTRAINT party_characteristics_marac_id_fkey FOREIGN KEY (marac_id) REFERENCES public.maracs(id);

ALTER TABLE ONLY public.party_characteristics
    ADD CONSTRAINT party_characteristics_party_id_fkey FOREIGN KEY (party_id) REFERENCES public.parties(id);

ALTER TABLE ONLY public.party_characteristics
    ADD CONSTRAINT party_characteristics_referral_id_fkey FOREIGN KEY (referral_id) REFERENCES public.referrals(id);

ALTER TABLE ONLY public.party_contacts
    ADD CONSTRAINT party_contacts_case_id_fkey FOREIGN KEY (case_id) REFERENCES public.cases(id);

ALTER TABLE ONLY public.party_contacts
    ADD CONSTRAINT party_contacts_marac_id_fkey FOREIGN KEY (marac_id) REFERENCES public.maracs(id);

ALTER TABLE ONLY public.party_contacts
    ADD CONSTRAINT party_contacts_party_id_fkey FOREIGN KEY (party_id) REFERENCES public.parties(id);

ALTER TABLE ONLY public.party_contacts
    ADD CONSTRAINT party_contacts_referral_id_fkey FOREIGN KEY (referral_id) REFERENCES public.referrals(id);

ALTER TABLE ONLY public.party_relationships
    ADD CONSTRAINT party_relationships_case_id_fkey FOREIGN KEY (case_id) REFERENCES public.cases(id);

ALTER TABLE ONLY public.party_relationships
    ADD CONSTRAINT party_relationships_filled_by_id_fkey FOREIGN KEY (filled_by_id) REFERENCES public.referrals(id);

ALTER TABLE ONLY public.party_relationships
    ADD CONSTRAINT party_relationships_from_party_id_fkey FOREIGN KEY (from_party_id) REFERENCES public.parties(id);

ALTER TABLE ONLY public.party_relationships
    ADD CONSTRAINT party_relationships_marac_id_fkey FOREIGN KEY (marac_id) REFERENCES public.maracs(id);

ALTER TABLE ONLY public.party_relationships
    ADD CONSTRAINT party_relationships_referral_id_fkey FOREIGN KEY (referral_id) REFERENCES public.referrals(id);

ALTER TABLE ONLY public.party_relationships
    ADD CONSTRAINT party_relationships_to_party_id_fkey FOREIGN KEY (to_party_id) REFERENCES public.parties(id);

ALTER TABLE ONLY public.pending_grants
    ADD CONSTRAINT pending_grants_actor_id_fkey FOREIGN KEY (actor_id) REFERENCES public.registered_actors(id);

ALTER TABLE ONLY public.pending_grants
    ADD CONSTRAINT pending_grants_asked_by_fkey FOREIGN KEY (asked_by) REFERENCES public.users(id);

ALTER TABLE ONLY public.pending_grants
    ADD CONSTRAINT pending_grants_client_id_fkey FOREIGN KEY (client_id) REFERENCES public.api_clients(id);

ALTER TABLE ONLY public.pending_grants
    ADD CONSTRAINT pending_grants_decided_by_fkey FOREIGN KEY (decided_by) REFERENCES public.users(id);

ALTER TABLE ONLY public.pending_grants
    ADD CONSTRAINT pending_grants_marac_id_fkey FOREIGN KEY (marac_id) REFERENCES public.maracs(id);

ALTER TABLE ONLY public.pending_grants
    ADD CONSTRAINT pending_grants_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id);

ALTER TABLE ONLY public.questions
    ADD CONSTRAINT questions_actor_id_fkey FOREIGN KEY (actor_id) REFERENCES public.registered_actors(id);

ALTER TABLE ONLY public.questions
    ADD CONSTRAINT questions_agency_id_fkey FOREIGN KEY (agency_id) REFERENCES public.agencies(id);

ALTER TABLE ONLY public.questions
    ADD CONSTRAINT questions_asked_by_fkey FOREIGN KEY (asked_by) REFERENCES public.users(id);

ALTER TABLE ONLY public.questions
    ADD CONSTRAINT questions_case_id_fkey FOREIGN KEY (case_id) REFERENCES public.cases(id);

ALTER TABLE ONLY public.questions
    ADD CONSTRAINT questions_marac_id_fkey FOREIGN KEY (marac_id) REFERENCES public.maracs(id);

ALTER TABLE ONLY public.questions
    ADD CONSTRAINT questions_settled_by_fkey FOREIGN KEY (settled_by) REFERENCES public.users(id);

ALTER TABLE ONLY public.questions
    ADD CONSTRAINT questions_taken_by_fkey FOREIGN KEY (taken_by) REFERENCES public.users(id);

ALTER TABLE ONLY public.referral_counts
    ADD CONSTRAINT referral_counts_case_id_fkey FOREIGN KEY (case_id) REFERENCES public.cases(id);

ALTER TABLE ONLY public.referral_counts
    ADD CONSTRAINT referral_counts_marac_id_fkey FOREIGN KEY (marac_id) REFERENCES public.maracs(id);

ALTER TABLE ONLY public.referral_counts
    ADD CONSTRAINT referral_counts_referral_id_fkey FOREIGN KEY (referral_id) REFERENCES public.referrals(id);

ALTER TABLE ONLY public.referral_joins
    ADD CONSTRAINT referral_joins_case_id_fkey FOREIGN KEY (case_id) REFERENCES public.cases(id);

ALTER TABLE ONLY public.referral_joins
    ADD CONSTRAINT referral_joins_file_id_fkey FOREIGN KEY (file_id) REFERENCES public.cases(id);

ALTER TABLE ONLY public.referral_joins
    ADD CONSTRAINT referral_joins_joined_by_fkey FOREIGN KEY (joined_by) REFERENCES public.users(id);

ALTER TABLE ONLY public.referral_joins
    ADD CONSTRAINT referral_joins_marac_id_fkey FOREIGN KEY (marac_id) REFERENCES public.maracs(id);

ALTER TABLE ONLY public.referral_joins
    ADD CONSTRAINT referral_joins_referral_id_fkey FOREIGN KEY (referral_id) REFERENCES public.referrals(id);

ALTER TABLE ONLY public.referral_joins
    ADD CONSTRAINT referral_joins_unjoined_by_fkey FOREIGN KEY (unjoined_by) REFERENCES public.users(id);

ALTER TABLE ONLY public.referrals
    ADD CONSTRAINT referrals_actor_id_fkey FOREIGN KEY (actor_id) REFERENCES public.registered_actors(id);

ALTER TABLE ONLY public.referrals
    ADD CONSTRAINT referrals_agency_id_fkey FOREIGN KEY (agency_id) REFERENCES public.agencies(id);

ALTER TABLE ONLY public.referrals
    ADD CONSTRAINT referrals_case_id_fkey FOREIGN KEY (case_id) REFERENCES public.cases(id);

ALTER TABLE ONLY public.referrals
    ADD CONSTRAINT referrals_co_agency_id_fkey FOREIGN KEY (co_agency_id) REFERENCES public.agencies(id);

ALTER TABLE ONLY public.referrals
    ADD CONSTRAINT referrals_decided_by_fkey FOREIGN KEY (decided_by) REFERENCES public.users(id);

ALTER TABLE ONLY public.referrals
    ADD CONSTRAINT referrals_marac_id_fkey FOREIGN KEY (marac_id) REFERENCES public.maracs(id);

ALTER TABLE ONLY public.referrals
    ADD CONSTRAINT referrals_own_file_id_fkey FOREIGN KEY (own_file_id) REFERENCES public.cases(id);

ALTER TABLE ONLY public.referrals
    ADD CONSTRAINT referrals_submitted_by_fkey FOREIGN KEY (submitted_by) REFERENCES public.users(id);

ALTER TABLE ONLY public.refresh_tokens
    ADD CONSTRAINT refresh_tokens_session_id_fkey FOREIGN KEY (session_id) REFERENCES public.sessions(id);

ALTER TABLE ONLY public.registered_actors
    ADD CONSTRAINT registered_actors_agency_id_fkey FOREIGN KEY (agency_id) REFERENCES public.agencies(id);

ALTER TABLE ONLY public.registered_actors
    ADD CONSTRAINT registered_actors_client_id_fkey FOREIGN KEY (client_id) REFERENCES public.api_clients(id);

ALTER TABLE ONLY public.registered_actors
    ADD CONSTRAINT registered_actors_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id);

ALTER TABLE ONLY public.research_returns
    ADD CONSTRAINT research_returns_agency_id_fkey FOREIGN KEY (agency_id) REFERENCES public.agencies(id);

ALTER TABLE ONLY public.research_returns
    ADD CONSTRAINT research_returns_agenda_item_id_fkey FOREIGN KEY (agenda_item_id) REFERENCES public.agenda_items(id);

ALTER TABLE ONLY public.research_returns
    ADD CONSTRAINT research_returns_by_actor_id_fkey FOREIGN KEY (by_actor_id) REFERENCES public.registered_actors(id);

ALTER TABLE ONLY public.research_returns
    ADD CONSTRAINT research_returns_by_user_id_fkey FOREIGN KEY (by_user_id) REFERENCES public.users(id);

ALTER TABLE ONLY public.research_returns
    ADD CONSTRAINT research_returns_case_id_fkey FOREIGN KEY (case_id) REFERENCES public.cases(id);

ALTER TABLE ONLY public.research_returns
    ADD CONSTRAINT research_returns_marac_id_fkey FOREIGN KEY (marac_id) REFERENCES public.maracs(id);

ALTER TABLE ONLY public.research_returns
    ADD CONSTRAINT research_returns_meeting_id_fkey FOREIGN KEY (meeting_id) REFERENCES public.meetings(id);

ALTER TABLE ONLY public.research_versions
    ADD CONSTRAINT research_versions_by_actor_id_fkey FOREIGN KEY (by_actor_id) REFERENCES public.registered_actors(id);

ALTER TABLE ONLY public.research_versions
    ADD CONSTRAINT research_versions_by_user_id_fkey FOREIGN KEY (by_user_id) REFERENCES public.users(id);

ALTER TABLE ONLY public.research_versions
    ADD CONSTRAINT research_versions_case_id_fkey FOREIGN KEY (case_id) REFERENCES public.cases(id);

ALTER TABLE ONLY public.research_versions
    ADD CONSTRAINT research_versions_marac_id_fkey FOREIGN KEY (marac_id) REFERENCES public.maracs(id);

ALTER TABLE ONLY public.research_versions
    ADD CONSTRAINT research_versions_return_id_fkey FOREIGN KEY (return_id) REFERENCES public.research_returns(id);

ALTER TABLE ONLY public.restrictions
    ADD CONSTRAINT restrictions_case_id_fkey FOREIGN KEY (case_id) REFERENCES public.cases(id);

ALTER TABLE ONLY public.restrictions
    ADD CONSTRAINT restrictions_lifted_by_fkey FOREIGN KEY (lifted_by) REFERENCES public.users(id);

ALTER TABLE ONLY public.restrictions
    ADD CONSTRAINT restrictions_marac_id_fkey FOREIGN KEY (marac_id) REFERENCES public.maracs(id);

ALTER TABLE ONLY public.restrictions
    ADD CONSTRAINT restrictions_origin_id_fkey FOREIGN KEY (origin_id) REFERENCES public.restrictions(id);

ALTER TABLE ONLY public.restrictions
    ADD CONSTRAINT restrictions_referral_id_fkey FOREIGN KEY (referral_id) REFERENCES public.referrals(id);

ALTER TABLE ONLY public.restrictions
    ADD CONSTRAINT restrictions_set_by_fkey FOREIGN KEY (set_by) REFERENCES public.users(id);

ALTER TABLE ONLY public.risk_assessments
    ADD CONSTRAINT risk_assessments_actor_id_fkey FOREIGN KEY (actor_id) REFERENCES public.registered_actors(id);

ALTER TABLE ONLY public.risk_assessments
    ADD CONSTRAINT risk_assessments_agency_id_fkey FOREIGN KEY (agency_id) REFERENCES public.agencies(id);

ALTER TABLE ONLY public.risk_assessments
    ADD CONSTRAINT risk_assessments_case_id_fkey FOREIGN KEY (case_id) REFERENCES public.cases(id);

ALTER TABLE ONLY public.risk_assessments
    ADD CONSTRAINT risk_assessments_created_by_fkey FOREIGN KEY (created_by) REFERENCES public.users(id);

ALTER TABLE ONLY public.risk_assessments
    ADD CONSTRAINT risk_assessments_marac_id_fkey FOREIGN KEY (marac_id) REFERENCES public.maracs(id);

ALTER TABLE ONLY public.risk_assessments
    ADD CONSTRAINT risk_assessments_referral_id_fkey FOREIGN KEY (referral_id) REFERENCES public.referrals(id);

ALTER TABLE ONLY public.risk_assessments
    ADD CONSTRAINT risk_assessments_supersedes_id_fkey FOREIGN KEY (supersedes_id) REFERENCES public.risk_assessments(id);

ALTER TABLE ONLY public.risk_figures
    ADD CONSTRAINT risk_figures_assessment_id_fkey FOREIGN KEY (assessment_id) REFERENCES public.risk_assessments(id);

ALTER TABLE ONLY public.risk_figures
    ADD CONSTRAINT risk_figures_case_id_fkey FOREIGN KEY (case_id) REFERENCES public.cases(id);

ALTER TABLE ONLY public.risk_figures
    ADD CONSTRAINT risk_figures_marac_id_fkey FOREIGN KEY (marac_id) REFERENCES public.maracs(id);

ALTER TABLE ONLY public.role_grants
    ADD CONSTRAINT role_grants_client_id_fkey FOREIGN KEY (client_id) REFERENCES public.api_clients(id);

ALTER TABLE ONLY public.role_grants
    ADD CONSTRAINT role_grants_deputy_id_fkey FOREIGN KEY (deputy_id) REFERENCES public.users(id);

ALTER TABLE ONLY public.role_grants
    ADD CONSTRAINT role_grants_granted_by_fkey FOREIGN KEY (granted_by) REFERENCES public.users(id);

ALTER TABLE ONLY public.role_grants
    ADD CONSTRAINT role_grants_marac_id_fkey FOREIGN KEY (marac_id) REFERENCES public.maracs(id);

ALTER TABLE ONLY public.role_grants
    ADD CONSTRAINT role_grants_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id);

ALTER TABLE ONLY public.sessions
    ADD CONSTRAINT sessions_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id);

ALTER TABLE ONLY public.standard_action_versions
    ADD CONSTRAINT standard_action_versions_created_by_fkey FOREIGN KEY (created_by) REFERENCES public.users(id);

ALTER TABLE ONLY public.standard_action_versions
    ADD CONSTRAINT standard_action_versions_marac_id_fkey FOREIGN KEY (marac_id) REFERENCES public.maracs(id);

ALTER TABLE ONLY public.standard_actions
    ADD CONSTRAINT standard_actions_marac_id_version_fkey FOREIGN KEY (marac_id, version) REFERENCES public.standard_action_versions(marac_id, version);

ALTER TABLE ONLY public.told_already
    ADD CONSTRAINT told_already_actor_id_fkey FOREIGN KEY (actor_id) REFERENCES public.registered_actors(id);

ALTER TABLE ONLY public.told_already
    ADD CONSTRAINT told_already_agency_id_fkey FOREIGN KEY (agency_id) REFERENCES public.agencies(id);

ALTER TABLE ONLY public.told_already
    ADD CONSTRAINT told_already_case_id_fkey FOREIGN KEY (case_id) REFERENCES public.cases(id);

ALTER TABLE ONLY public.told_already
    ADD CONSTRAINT told_already_marac_id_fkey FOREIGN KEY (marac_id) REFERENCES public.maracs(id);

ALTER TABLE ONLY public.told_already
    ADD CONSTRAINT told_already_question_id_fkey FOREIGN KEY (question_id) REFERENCES public.questions(id);

ALTER TABLE ONLY public.told_already
    ADD CONSTRAINT told_already_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id);

ALTER TABLE ONLY public.users
    ADD CONSTRAINT users_agency_id_fkey FOREIGN KEY (agency_id) REFERENCES public.agencies(id);

ALTER TABLE ONLY public.users
    ADD CONSTRAINT users_disabled_by_fkey FOREIGN KEY (disabled_by) REFERENCES public.users(id);

ALTER TABLE ONLY public.users
    ADD CONSTRAINT users_in_hand_of_fkey FOREIGN KEY (in_hand_of) REFERENCES public.users(id);

ALTER TABLE public.account_entries ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.action_changes ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.action_escalations ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.action_events ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.actions ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.agenda_items ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.agenda_listings ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.agenda_sessions ENABLE ROW LEVEL SECURITY;

CREATE POLICY anyone_adds ON public.audit_events FOR INSERT TO toldonce_app WITH CHECK (true);

ALTER TABLE public.attendance_items ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.attendances ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.audit_events ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.cases ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.circle ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.confidentiality_statements ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.conflicts_of_interest ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.damaged_meeting_parts ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.damaged_parts ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.data_keys ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.entry_openings ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.exclusions ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.flag_events ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.flags ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.hearing_entries ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.identity_differences ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.idva_allocations ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.idva_contacts ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.lapse_notices ENABLE ROW LEVEL SECURITY;

CREATE POLICY last_word ON public.action_changes FOR SELECT TO toldonce_app USING ((announced AND (agency_id = ( SELECT (NULLIF(current_setting('toldonce.agency'::text, true), ''::text))::uuid AS "nullif")) AND (marac_id = ANY (( SELECT (NULLIF(current_setting('toldonce.maracs'::text, true), ''::text))::uuid[] AS "nullif")::uuid[]))));

ALTER TABLE public.match_tokens ENABLE ROW LEVEL SECURITY;

CREATE POLICY matching ON public.cases FOR SELECT TO toldonce_match USING (true);

CREATE POLICY matching ON public.match_tokens FOR SELECT TO toldonce_match USING (true);

CREATE POLICY matching ON public.restrictions FOR SELECT TO toldonce_match USING (true);

ALTER TABLE public.meeting_keys ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.meetings ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.minutes_parts ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.minutes_versions ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.notifications ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.parties ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.party_addresses ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.party_characteristics ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.party_contacts ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.party_relationships ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.questions ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.referral_counts ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.referral_joins ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.referrals ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.research_returns ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.research_versions ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.restrictions ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.risk_assessments ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.risk_figures ENABLE ROW LEVEL SECURITY;

CREATE POLICY second_lock ON public.account_entries TO toldonce_app USING ((((marac_id = ANY (( SELECT (NULLIF(current_setting('toldonce.maracs'::text, true), ''::text))::uuid[] AS "nullif")::uuid[])) IS TRUE) AND ((case_id <> ALL (( SELECT (NULLIF(current_setting('toldonce.closed'::text, true), ''::text))::uuid[] AS "nullif")::uuid[])) IS TRUE)));

CREATE POLICY second_lock ON public.action_changes TO toldonce_app USING ((((marac_id = ANY (( SELECT (NULLIF(current_setting('toldonce.maracs'::text, true), ''::text))::uuid[] AS "nullif")::uuid[])) IS TRUE) AND ((case_id <> ALL (( SELECT (NULLIF(current_setting('toldonce.closed'::text, true), ''::text))::uuid[] AS "nullif")::uuid[])) IS TRUE)));

CREATE POLICY second_lock ON public.action_escalations TO toldonce_app USING ((((marac_id = ANY (( SELECT (NULLIF(current_setting('toldonce.maracs'::text, true), ''::text))::uuid[] AS "nullif")::uuid[])) IS TRUE) AND ((case_id <> ALL (( SELECT (NULLIF(current_setting('toldonce.closed'::text, true), ''::text))::uuid[] AS "nullif")::uuid[])) IS TRUE)));

CREATE POLICY second_lock ON public.action_events TO toldonce_app USING ((((marac_id = ANY (( SELECT (NULLIF(current_setting('toldonce.maracs'::text, true), ''::text))::uuid[] AS "nullif")::uuid[])) IS TRUE) AND ((case_id <> ALL (( SELECT (NULLIF(current_setting('toldonce.closed'::text, true), ''::text))::uuid[] AS "nullif")::uuid[])) IS TRUE)));

CREATE POLICY second_lock ON public.actions TO toldonce_app USING ((((marac_id = ANY (( SELECT (NULLIF(current_setting('toldonce.maracs'::text, true), ''::text))::uuid[] AS "nullif")::uuid[])) IS TRUE) AND ((case_id <> ALL (( SELECT (NULLIF(current_setting('toldonce.closed'::text, true), ''::text))::uuid[] AS "nullif")::uuid[])) IS TRUE)));

CREATE POLICY second_lock ON public.agenda_items TO toldonce_app USING ((((marac_id = ANY (( SELECT (NULLIF(current_setting('toldonce.maracs'::text, true), ''::text))::uuid[] AS "nullif")::uuid[])) IS TRUE) AND ((case_id <> ALL (( SELECT (NULLIF(current_setting('toldonce.closed'::text, true), ''::text))::uuid[] AS "nullif")::uuid[])) IS TRUE)));

CREATE POLICY second_lock ON public.agenda_listings TO toldonce_app USING ((((marac_id = ANY (( SELECT (NULLIF(current_setting('toldonce.maracs'::text, true), ''::text))::uuid[] AS "nullif")::uuid[])) IS TRUE) AND ((case_id <> ALL (( SELECT (NULLIF(current_setting('toldonce.closed'::text, true), ''::text))::uuid[] AS "nullif")::uuid[])) IS TRUE)));

CREATE POLICY second_lock ON public.agenda_sessions TO toldonce_app USING (((marac_id = ANY (( SELECT (NULLIF(current_setting('toldonce.maracs'::text, true), ''::text))::uuid[] AS "nullif")::uuid[])) IS TRUE));

CREATE POLICY second_lock ON public.attendance_items TO toldonce_app USING ((((marac_id = ANY (( SELECT (NULLIF(current_setting('toldonce.maracs'::text, true), ''::text))::uuid[] AS "nullif")::uuid[])) IS TRUE) AND ((case_id <> ALL (( SELECT (NULLIF(current_setting('toldonce.closed'::text, true), ''::text))::uuid[] AS "nullif")::uuid[])) IS TRUE)));

CREATE POLICY second_lock ON public.attendances TO toldonce_app USING (((marac_id = ANY (( SELECT (NULLIF(current_setting('toldonce.maracs'::text, true), ''::text))::uuid[] AS "nullif")::uuid[])) IS TRUE));

CREATE POLICY second_lock ON public.audit_events FOR SELECT TO toldonce_app USING ((((marac_id IS NULL) OR (marac_id = ANY (( SELECT (NULLIF(current_setting('toldonce.maracs'::text, true), ''::text))::uuid[] AS "nullif")::uuid[]))) AND ((case_id IS NULL) OR (case_id <> ALL (( SELECT (NULLIF(current_setting('toldonce.closed'::text, true), ''::text))::uuid[] AS "nullif")::uuid[])))));

CREATE POLICY second_lock ON public.cases TO toldonce_app USING ((((marac_id = ANY (( SELECT (NULLIF(current_setting('toldonce.maracs'::text, true), ''::text))::uuid[] AS "nullif")::uuid[])) IS TRUE) AND ((id <> ALL (( SELECT (NULLIF(current_setting('toldonce.closed'::text, true), ''::text))::uuid[] AS "nullif")::uuid[])) IS TRUE)));

CREATE POLICY second_lock ON public.circle TO toldonce_app USING ((((marac_id = ANY (( SELECT (NULLIF(current_setting('toldonce.maracs'::text, true), ''::text))::uuid[] AS "nullif")::uuid[])) IS TRUE) AND ((case_id <> ALL (( SELECT (NULLIF(current_setting('toldonce.closed'::text, true), ''::text))::uuid[] AS "nullif")::uuid[])) IS TRUE)));

CREATE POLICY second_lock ON public.confidentiality_statements TO toldonce_app USING (((marac_id = ANY (( SELECT (NULLIF(current_setting('toldonce.maracs'::text, true), ''::text))::uuid[] AS "nullif")::uuid[])) IS TRUE));

CREATE POLICY second_lock ON public.conflicts_of_interest TO toldonce_app USING ((((marac_id = ANY (( SELECT (NULLIF(current_setting('toldonce.maracs'::text, true), ''::text))::uuid[] AS "nullif")::uuid[])) IS TRUE) AND ((case_id <> ALL (( SELECT (NULLIF(current_setting('toldonce.closed'::text, true), ''::text))::uuid[] AS "nullif")::uuid[])) IS TRUE)));

CREATE POLICY second_lock ON public.damaged_meeting_parts TO toldonce_app USING (((marac_id = ANY (( SELECT (NULLIF(current_setting('toldonce.maracs'::text, true), ''::text))::uuid[] AS "nullif")::uuid[])) IS TRUE));

CREATE POLICY second_lock ON public.damaged_parts TO toldonce_app USING ((((marac_id = ANY (( SELECT (NULLIF(current_setting('toldonce.maracs'::text, true), ''::text))::uuid[] AS "nullif")::uuid[])) IS TRUE) AND ((case_id <> ALL (( SELECT (NULLIF(current_setting('toldonce.closed'::text, true), ''::text))::uuid[] AS "nullif")::uuid[])) IS TRUE)));

CREATE POLICY second_lock ON public.data_keys TO toldonce_app USING ((((marac_id = ANY (( SELECT (NULLIF(current_setting('toldonce.maracs'::text, true), ''::text))::uuid[] AS "nullif")::uuid[])) IS TRUE) AND ((case_id <> ALL (( SELECT (NULLIF(current_setting('toldonce.closed'::text, true), ''::text))::uuid[] AS "nullif")::uuid[])) IS TRUE)));

CREATE POLICY second_lock ON public.entry_openings TO toldonce_app USING ((((marac_id = ANY (( SELECT (NULLIF(current_setting('toldonce.maracs'::text, true), ''::text))::uuid[] AS "nullif")::uuid[])) IS TRUE) AND ((case_id <> ALL (( SELECT (NULLIF(current_setting('toldonce.closed'::text, true), ''::text))::uuid[] AS "nullif")::uuid[])) IS TRUE)));

CREATE POLICY second_lock ON public.exclusions TO toldonce_app USING ((((marac_id = ANY (( SELECT (NULLIF(current_setting('toldonce.maracs'::text, true), ''::text))::uuid[] AS "nullif")::uuid[])) IS TRUE) AND ((case_id <> ALL (( SELECT (NULLIF(current_setting('toldonce.closed'::text, true), ''::text))::uuid[] AS "nullif")::uuid[])) IS TRUE)));

CREATE POLICY second_lock ON public.flag_events TO toldonce_app USING ((((marac_id = ANY (( SELECT (NULLIF(current_setting('toldonce.maracs'::text, true), ''::text))::uuid[] AS "nullif")::uuid[])) IS TRUE) AND ((case_id <> ALL (( SELECT (NULLIF(current_setting('toldonce.closed'::text, true), ''::text))::uuid[] AS "nullif")::uuid[])) IS TRUE)));

CREATE POLICY second_lock ON public.flags TO toldonce_app USING ((((marac_id = ANY (( SELECT (NULLIF(current_setting('toldonce.maracs'::text, true), ''::text))::uuid[] AS "nullif")::uuid[])) IS TRUE) AND ((case_id <> ALL (( SELECT (NULLIF(current_setting('toldonce.closed'::text, true), ''::text))::uuid[] AS "nullif")::uuid[])) IS TRUE)));

CREATE POLICY second_lock ON public.hearing_entries TO toldonce_app USING ((((marac_id = ANY (( SELECT (NULLIF(current_setting('toldonce.maracs'::text, true), ''::text))::uuid[] AS "nullif")::uuid[])) IS TRUE) AND ((case_id <> ALL (( SELECT (NULLIF(current_setting('toldonce.closed'::text, true), ''::text))::uuid[] AS "nullif")::uuid[])) IS TRUE)));

CREATE POLICY second_lock ON public.identity_differences TO toldonce_app USING ((((marac_id = ANY (( SELECT (NULLIF(current_setting('toldonce.maracs'::text, true), ''::text))::uuid[] AS "nullif")::uuid[])) IS TRUE) AND ((case_id <> ALL (( SELECT (NULLIF(current_setting('toldonce.closed'::text, true), ''::text))::uuid[] AS "nullif")::uuid[])) IS TRUE)));

CREATE POLICY second_lock ON public.idva_allocations TO toldonce_app USING ((((marac_id = ANY (( SELECT (NULLIF(current_setting('toldonce.maracs'::text, true), ''::text))::uuid[] AS "nullif")::uuid[])) IS TRUE) AND ((case_id <> ALL (( SELECT (NULLIF(current_setting('toldonce.closed'::text, true), ''::text))::uuid[] AS "nullif")::uuid[])) IS TRUE)));

CREATE POLICY second_lock ON public.idva_contacts TO toldonce_app USING ((((marac_id = ANY (( SELECT (NULLIF(current_setting('toldonce.maracs'::text, true), ''::text))::uuid[] AS "nullif")::uuid[])) IS TRUE) AND ((case_id <> ALL (( SELECT (NULLIF(current_setting('toldonce.closed'::text, true), ''::text))::uuid[] AS "nullif")::uuid[])) IS TRUE)));

CREATE POLICY second_lock ON public.lapse_notices TO toldonce_app USING ((((marac_id = ANY (( SELECT (NULLIF(current_setting('toldonce.maracs'::text, true), ''::text))::uuid[] AS "nullif")::uuid[])) IS TRUE) AND ((case_id <> ALL (( SELECT (NULLIF(current_setting('toldonce.closed'::text, true), ''::text))::uuid[] AS "nullif")::uuid[])) IS TRUE)));

CREATE POLICY second_lock ON public.match_tokens TO toldonce_app USING ((((marac_id = ANY (( SELECT (NULLIF(current_setting('toldonce.maracs'::text, true), ''::text))::uuid[] AS "nullif")::uuid[])) IS TRUE) AND ((case_id <> ALL (( SELECT (NULLIF(current_setting('toldonce.closed'::text, true), ''::text))::uuid[] AS "nullif")::uuid[])) IS TRUE)));

CREATE POLICY second_lock ON public.meeting_keys TO toldonce_app USING (((marac_id = ANY (( SELECT (NULLIF(current_setting('toldonce.maracs'::text, true), ''::text))::uuid[] AS "nullif")::uuid[])) IS TRUE));

CREATE POLICY second_lock ON public.meetings TO toldonce_app USING (((marac_id = ANY (( SELECT (NULLIF(current_setting('toldonce.maracs'::text, true), ''::text))::uuid[] AS "nullif")::uuid[])) IS TRUE));

CREATE POLICY second_lock ON public.minutes_parts TO toldonce_app USING ((((marac_id = ANY (( SELECT (NULLIF(current_setting('toldonce.maracs'::text, true), ''::text))::uuid[] AS "nullif")::uuid[])) IS TRUE) AND ((case_id <> ALL (( SELECT (NULLIF(current_setting('toldonce.closed'::text, true), ''::text))::uuid[] AS "nullif")::uuid[])) IS TRUE)));

CREATE POLICY second_lock ON public.minutes_versions TO toldonce_app USING (((marac_id = ANY (( SELECT (NULLIF(current_setting('toldonce.maracs'::text, true), ''::text))::uuid[] AS "nullif")::uuid[])) IS TRUE));

CREATE POLICY second_lock ON public.notifications TO toldonce_app USING ((((marac_id = ANY (( SELECT (NULLIF(current_setting('toldonce.maracs'::text, true), ''::text))::uuid[] AS "nullif")::uuid[])) IS TRUE) AND (((case_id IS NULL) OR (case_id <> ALL (( SELECT (NULLIF(current_setting('toldonce.closed'::text, true), ''::text))::uuid[] AS "nullif")::uuid[]))) IS TRUE)));

CREATE POLICY second_lock ON public.parties TO toldonce_app USING ((((marac_id = ANY (( SELECT (NULLIF(current_setting('toldonce.maracs'::text, true), ''::text))::uuid[] AS "nullif")::uuid[])) IS TRUE) AND ((case_id <> ALL (( SELECT (NULLIF(current_setting('toldonce.closed'::text, true), ''::text))::uuid[] AS "nullif")::uuid[])) IS TRUE)));

CREATE POLICY second_lock ON public.party_addresses TO toldonce_app USING ((((marac_id = ANY (( SELECT (NULLIF(current_setting('toldonce.maracs'::text, true), ''::text))::uuid[] AS "nullif")::uuid[])) IS TRUE) AND ((case_id <> ALL (( SELECT (NULLIF(current_setting('toldonce.closed'::text, true), ''::text))::uuid[] AS "nullif")::uuid[])) IS TRUE)));

CREATE POLICY second_lock ON public.party_characteristics TO toldonce_app USING ((((marac_id = ANY (( SELECT (NULLIF(current_setting('toldonce.maracs'::text, true), ''::text))::uuid[] AS "nullif")::uuid[])) IS TRUE) AND ((case_id <> ALL (( SELECT (NULLIF(current_setting('toldonce.closed'::text, true), ''::text))::uuid[] AS "nullif")::uuid[])) IS TRUE)));

CREATE POLICY second_lock ON public.party_contacts TO toldonce_app USING ((((marac_id = ANY (( SELECT (NULLIF(current_setting('toldonce.maracs'::text, true), ''::text))::uuid[] AS "nullif")::uuid[])) IS TRUE) AND ((case_id <> ALL (( SELECT (NULLIF(current_setting('toldonce.closed'::text, true), ''::text))::uuid[] AS "nullif")::uuid[])) IS TRUE)));

CREATE POLICY second_lock ON public.party_relationships TO toldonce_app USING ((((marac_id = ANY (( SELECT (NULLIF(current_setting('toldonce.maracs'::text, true), ''::text))::uuid[] AS "nullif")::uuid[])) IS TRUE) AND ((case_id <> ALL (( SELECT (NULLIF(current_setting('toldonce.closed'::text, true), ''::text))::uuid[] AS "nullif")::uuid[])) IS TRUE)));

CREATE POLICY second_lock ON public.questions TO toldonce_app USING ((((marac_id = ANY (( SELECT (NULLIF(current_setting('toldonce.maracs'::text, true), ''::text))::uuid[] AS "nullif")::uuid[])) IS TRUE) AND ((case_id <> ALL (( SELECT (NULLIF(current_setting('toldonce.closed'::text, true), ''::text))::uuid[] AS "nullif")::uuid[])) IS TRUE)));

CREATE POLICY second_lock ON public.referral_counts TO toldonce_app USING ((((marac_id = ANY (( SELECT (NULLIF(current_setting('toldonce.maracs'::text, true), ''::text))::uuid[] AS "nullif")::uuid[])) IS TRUE) AND ((case_id <> ALL (( SELECT (NULLIF(current_setting('toldonce.closed'::text, true), ''::text))::uuid[] AS "nullif")::uuid[])) IS TRUE)));

CREATE POLICY second_lock ON public.referral_joins TO toldonce_app USING ((((marac_id = ANY (( SELECT (NULLIF(current_setting('toldonce.maracs'::text, true), ''::text))::uuid[] AS "nullif")::uuid[])) IS TRUE) AND ((case_id <> ALL (( SELECT (NULLIF(current_setting('toldonce.closed'::text, true), ''::text))::uuid[] AS "nullif")::uuid[])) IS TRUE)));

CREATE POLICY second_lock ON public.referrals TO toldonce_app USING ((((marac_id = ANY (( SELECT (NULLIF(current_setting('toldonce.maracs'::text, true), ''::text))::uuid[] AS "nullif")::uuid[])) IS TRUE) AND ((case_id <> ALL (( SELECT (NULLIF(current_setting('toldonce.closed'::text, true), ''::text))::uuid[] AS "nullif")::uuid[])) IS TRUE)));

CREATE POLICY second_lock ON public.research_returns TO toldonce_app USING ((((marac_id = ANY (( SELECT (NULLIF(current_setting('toldonce.maracs'::text, true), ''::text))::uuid[] AS "nullif")::uuid[])) IS TRUE) AND ((case_id <> ALL (( SELECT (NULLIF(current_setting('toldonce.closed'::text, true), ''::text))::uuid[] AS "nullif")::uuid[])) IS TRUE)));

CREATE POLICY second_lock ON public.research_versions TO toldonce_app USING ((((marac_id = ANY (( SELECT (NULLIF(current_setting('toldonce.maracs'::text, true), ''::text))::uuid[] AS "nullif")::uuid[])) IS TRUE) AND ((case_id <> ALL (( SELECT (NULLIF(current_setting('toldonce.closed'::text, true), ''::text))::uuid[] AS "nullif")::uuid[])) IS TRUE)));

CREATE POLICY second_lock ON public.restrictions TO toldonce_app USING ((((marac_id = ANY (( SELECT (NULLIF(current_setting('toldonce.maracs'::text, true), ''::text))::uuid[] AS "nullif")::uuid[])) IS TRUE) AND ((case_id <> ALL (( SELECT (NULLIF(current_setting('toldonce.closed'::text, true), ''::text))::uuid[] AS "nullif")::uuid[])) IS TRUE)));

CREATE POLICY second_lock ON public.risk_assessments TO toldonce_app USING ((((marac_id = ANY (( SELECT (NULLIF(current_setting('toldonce.maracs'::text, true), ''::text))::uuid[] AS "nullif")::uuid[])) IS TRUE) AND ((case_id <> ALL (( SELECT (NULLIF(current_setting('toldonce.closed'::text, true), ''::text))::uuid[] AS "nullif")::uuid[])) IS TRUE)));

CREATE POLICY second_lock ON public.risk_figures TO toldonce_app USING ((((marac_id = ANY (( SELECT (NULLIF(current_setting('toldonce.maracs'::text, true), ''::text))::uuid[] AS "nullif")::uuid[])) IS TRUE) AND ((case_id <> ALL (( SELECT (NULLIF(current_setting('toldonce.closed'::text, true), ''::text))::uuid[] AS "nullif")::uuid[])) IS TRUE)));

CREATE POLICY second_lock ON public.standard_action_versions TO toldonce_app USING (((marac_id = ANY (( SELECT (NULLIF(current_setting('toldonce.maracs'::text, true), ''::text))::uuid[] AS "nullif")::uuid[])) IS TRUE));

CREATE POLICY second_lock ON public.standard_actions TO toldonce_app USING (((marac_id = ANY (( SELECT (NULLIF(current_setting('toldonce.maracs'::text, true), ''::text))::uuid[] AS "nullif")::uuid[])) IS TRUE));

CREATE POLICY second_lock ON public.told_already TO toldonce_app USING ((((marac_id = ANY (( SELECT (NULLIF(current_setting('toldonce.maracs'::text, true), ''::text))::uuid[] AS "nullif")::uuid[])) IS TRUE) AND ((case_id <> ALL (( SELECT (NULLIF(current_setting('toldonce.closed'::text, true), ''::text))::uuid[] AS "nullif")::uuid[])) IS TRUE)));

ALTER TABLE public.standard_action_versions ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.standard_actions ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.told_already ENABLE ROW LEVEL SECURITY;

GRANT USAGE ON SCHEMA public TO toldonce_app;
GRANT USAGE ON SCHEMA public TO toldonce_match;

REVOKE ALL ON FUNCTION public.account_was_made() FROM PUBLIC;

REVOKE ALL ON FUNCTION public.action_counts(p_as_at date, p_maracs uuid[]) FROM PUBLIC;
GRANT ALL ON FUNCTION public.action_counts(p_as_at date, p_maracs uuid[]) TO toldonce_app;

REVOKE ALL ON FUNCTION public.action_register(p_today date, p_maracs uuid[]) FROM PUBLIC;
GRANT ALL ON FUNCTION public.action_register(p_today date, p_maracs uuid[]) TO toldonce_app;

REVOKE ALL ON FUNCTION public.actor_was_made() FROM PUBLIC;

REVOKE ALL ON FUNCTION public.actors_of(p_user uuid) FROM PUBLIC;

REVOKE ALL ON FUNCTION public.begin_listings(p_meeting uuid, p_at timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION public.begin_listings(p_meeting uuid, p_at timestamp with time zone) TO toldonce_app;

REVOKE ALL ON FUNCTION public.calendar_of(p_token bytea, p_now timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION public.calendar_of(p_token bytea, p_now timestamp with time zone) TO toldonce_app;

REVOKE ALL ON FUNCTION public.carry_over(p_meeting uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.carry_over(p_meeting uuid) TO toldonce_app;

REVOKE ALL ON FUNCTION public.client_was_made() FROM PUBLIC;

REVOKE ALL ON FUNCTION public.close_research(p_meeting uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.close_research(p_meeting uuid) TO toldonce_app;

REVOKE ALL ON FUNCTION public.closed_to(p_case uuid, p_user uuid, p_client uuid, p_agency uuid, p_now timestamp with time zone) FROM PUBLIC;

REVOKE ALL ON FUNCTION public.damage_stands(p_part text, p_field text, p_row uuid, p_digest text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.damage_stands(p_part text, p_field text, p_row uuid, p_digest text) TO toldonce_app;

REVOKE ALL ON FUNCTION public.duties_of(p_user uuid, p_to uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.duties_of(p_user uuid, p_to uuid) TO toldonce_app;

REVOKE ALL ON FUNCTION public.end_listings(p_meeting uuid, p_at timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION public.end_listings(p_meeting uuid, p_at timestamp with time zone) TO toldonce_app;

REVOKE ALL ON FUNCTION public.excludes_user(p_case uuid, p_user uuid, p_agency uuid, p_now timestamp with time zone) FROM PUBLIC;

REVOKE ALL ON FUNCTION public.exclusion_was_ended() FROM PUBLIC;

REVOKE ALL ON FUNCTION public.exclusion_was_made() FROM PUBLIC;

REVOKE ALL ON FUNCTION public.exclusion_was_set() FROM PUBLIC;

REVOKE ALL ON FUNCTION public.files_of_same_people(p_case uuid) FROM PUBLIC;

REVOKE ALL ON FUNCTION public.flag_register(p_today date, p_maracs uuid[]) FROM PUBLIC;
GRANT ALL ON FUNCTION public.flag_register(p_today date, p_maracs uuid[]) TO toldonce_app;

REVOKE ALL ON FUNCTION public.follow_alone() FROM PUBLIC;

REVOKE ALL ON FUNCTION public.follow_people(p_case uuid) FROM PUBLIC;

REVOKE ALL ON FUNCTION public.follow_together() FROM PUBLIC;

REVOKE ALL ON FUNCTION public.forget_opened_keys(p_ids uuid[]) FROM PUBLIC;
GRANT ALL ON FUNCTION public.forget_opened_keys(p_ids uuid[]) TO toldonce_app;

REVOKE ALL ON FUNCTION public.give_back(p_file uuid, p_case uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.give_back(p_file uuid, p_case uuid) TO toldonce_app;

REVOKE ALL ON FUNCTION public.grant_was_confirmed() FROM PUBLIC;

REVOKE ALL ON FUNCTION public.guess_level(p_kind text, p_level double precision, p_last_at timestamp with time zone, p_now timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION public.guess_level(p_kind text, p_level double precision, p_last_at timestamp with time zone, p_now timestamp with time zone) TO toldonce_app;

REVOKE ALL ON FUNCTION public.guess_limit(p_kind text, OUT free integer, OUT forgotten double precision) FROM PUBLIC;
GRANT ALL ON FUNCTION public.guess_limit(p_kind text, OUT free integer, OUT forgotten double precision) TO toldonce_app;

REVOKE ALL ON FUNCTION public.guess_opens_at(p_kind text, p_level double precision, p_last_at timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION public.guess_opens_at(p_kind text, p_level double precision, p_last_at timestamp with time zone) TO toldonce_app;

REVOKE ALL ON FUNCTION public.hand_over(p_user uuid, p_to uuid, p_at timestamp with time zone, p_on date, p_by uuid, p_by_agency uuid, p_ids uuid[]) FROM PUBLIC;
GRANT ALL ON FUNCTION public.hand_over(p_user uuid, p_to uuid, p_at timestamp with time zone, p_on date, p_by uuid, p_by_agency uuid, p_ids uuid[]) TO toldonce_app;

REVOKE ALL ON FUNCTION public.has_role_in(p_user uuid, p_marac uuid, p_roles text[], p_now timestamp with time zone) FROM PUBLIC;

REVOKE ALL ON FUNCTION public.hold_on_both(p_one uuid, p_other uuid) FROM PUBLIC;

REVOKE ALL ON FUNCTION public.how_sure(p_by text) FROM PUBLIC;

REVOKE ALL ON FUNCTION public.inherit_exclusions(p_by uuid, p_user uuid, p_actor uuid, p_client uuid, p_agency uuid, p_marac uuid) FROM PUBLIC;

REVOKE ALL ON FUNCTION public.join_file(p_file uuid, p_case uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.join_file(p_file uuid, p_case uuid) TO toldonce_app;

REVOKE ALL ON FUNCTION public.lay_exclusions(p_sources uuid[], p_targets uuid[], p_by text[]) FROM PUBLIC;

REVOKE ALL ON FUNCTION public.lay_on_joined(p_exclusion uuid) FROM PUBLIC;

REVOKE ALL ON FUNCTION public.lay_restriction_on_joined(p_restriction uuid) FROM PUBLIC;

REVOKE ALL ON FUNCTION public.lay_restrictions(p_sources uuid[], p_targets uuid[], p_by text[]) FROM PUBLIC;

REVOKE ALL ON FUNCTION public.live_actor(p_user uuid, p_session uuid, p_client uuid, p_actor_ref text, p_now timestamp with time zone, OUT user_id uuid, OUT actor_id uuid, OUT actor_known boolean, OUT agency_id uuid, OUT administrator boolean, OUT password_at timestamp with time zone, OUT rights text[], OUT marac_ids uuid[], OUT roles text[], OUT staff uuid[], OUT idva uuid[], OUT rep uuid[], OUT closed uuid[]) FROM PUBLIC;
GRANT ALL ON FUNCTION public.live_actor(p_user uuid, p_session uuid, p_client uuid, p_actor_ref text, p_now timestamp with time zone, OUT user_id uuid, OUT actor_id uuid, OUT actor_known boolean, OUT agency_id uuid, OUT administrator boolean, OUT password_at timestamp with time zone, OUT rights text[], OUT marac_ids uuid[], OUT roles text[], OUT staff uuid[], OUT idva uuid[], OUT rep uuid[], OUT closed uuid[]) TO toldonce_app;

REVOKE ALL ON FUNCTION public.load_system(p_now timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION public.load_system(p_now timestamp with time zone) TO toldonce_app;

REVOKE ALL ON FUNCTION public.mail_of(p_ids uuid[], p_now timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION public.mail_of(p_ids uuid[], p_now timestamp with time zone) TO toldonce_app;

REVOKE ALL ON FUNCTION public.maker() FROM PUBLIC;

REVOKE ALL ON FUNCTION public.minutes_part_of_draft() FROM PUBLIC;

REVOKE ALL ON FUNCTION public.moment() FROM PUBLIC;

REVOKE ALL ON FUNCTION public.move_research(p_meeting uuid, p_due_on date) FROM PUBLIC;
GRANT ALL ON FUNCTION public.move_research(p_meeting uuid, p_due_on date) TO toldonce_app;

REVOKE ALL ON FUNCTION public.name_on_laid(p_restriction uuid) FROM PUBLIC;

REVOKE ALL ON FUNCTION public.pair_matches(p_case uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.pair_matches(p_case uuid) TO toldonce_app;

REVOKE ALL ON FUNCTION public.pause_circle() FROM PUBLIC;

REVOKE ALL ON FUNCTION public.pause_new_row() FROM PUBLIC;

REVOKE ALL ON FUNCTION public.person_was_linked() FROM PUBLIC;

REVOKE ALL ON FUNCTION public.post_letter(p_id uuid, p_user uuid, p_letter text, p_sealed bytea, p_master_key text, p_now timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION public.post_letter(p_id uuid, p_user uuid, p_letter text, p_sealed bytea, p_master_key text, p_now timestamp with time zone) TO toldonce_app;

REVOKE ALL ON FUNCTION public.record_damage(p_ids uuid[], p_cases uuid[], p_parts text[], p_fields text[], p_rows uuid[], p_digests text[], p_now timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION public.record_damage(p_ids uuid[], p_cases uuid[], p_parts text[], p_fields text[], p_rows uuid[], p_digests text[], p_now timestamp with time zone) TO toldonce_app;

REVOKE ALL ON FUNCTION public.recount_risk(p_marac uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.recount_risk(p_marac uuid) TO toldonce_app;

REVOKE ALL ON FUNCTION public.release_allocations() FROM PUBLIC;

REVOKE ALL ON FUNCTION public.restriction_was_changed() FROM PUBLIC;

REVOKE ALL ON FUNCTION public.restriction_was_made() FROM PUBLIC;

REVOKE ALL ON FUNCTION public.rests(p_status text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.rests(p_status text) TO toldonce_app;

REVOKE ALL ON FUNCTION public.role_was_granted() FROM PUBLIC;

REVOKE ALL ON FUNCTION public.seat_circles(p_meeting uuid, p_at timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION public.seat_circles(p_meeting uuid, p_at timestamp with time zone) TO toldonce_app;

REVOKE ALL ON FUNCTION public.settle_listings(p_meeting uuid, p_at timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION public.settle_listings(p_meeting uuid, p_at timestamp with time zone) TO toldonce_app;

REVOKE ALL ON FUNCTION public.something_is_set(p_case uuid) FROM PUBLIC;

REVOKE ALL ON FUNCTION public.spared(p_case uuid, p_user uuid, p_actor uuid) FROM PUBLIC;

REVOKE ALL ON FUNCTION public.sweep(p_now timestamp with time zone, p_keep_days integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.sweep(p_now timestamp with time zone, p_keep_days integer) TO toldonce_app;

REVOKE ALL ON FUNCTION public.sweep_sign_in(p_now timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION public.sweep_sign_in(p_now timestamp with time zone) TO toldonce_app;

REVOKE ALL ON FUNCTION public.take_out(p_referral uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.take_out(p_referral uuid) TO toldonce_app;

REVOKE ALL ON FUNCTION public.tell(p_now timestamp with time zone, p_by_user uuid, p_by_client uuid, p_kinds text[], p_maracs uuid[], p_cases uuid[], p_subjects text[], p_subject_ids uuid[], p_once text, p_of integer[], p_to text[], p_ids uuid[], p_roles text[], p_emailed text[]) FROM PUBLIC;
GRANT ALL ON FUNCTION public.tell(p_now timestamp with time zone, p_by_user uuid, p_by_client uuid, p_kinds text[], p_maracs uuid[], p_cases uuid[], p_subjects text[], p_subject_ids uuid[], p_once text, p_of integer[], p_to text[], p_ids uuid[], p_roles text[], p_emailed text[]) TO toldonce_app;

REVOKE ALL ON FUNCTION public.tokens_were_added() FROM PUBLIC;

REVOKE ALL ON FUNCTION public.unjoin_file(p_file uuid, p_case uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.unjoin_file(p_file uuid, p_case uuid) TO toldonce_app;

REVOKE ALL ON FUNCTION public.unseen_files(p_now timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION public.unseen_files(p_now timestamp with time zone) TO toldonce_app;

REVOKE ALL ON FUNCTION public.uuid_v7(p_at timestamp with time zone) FROM PUBLIC;

REVOKE ALL ON FUNCTION public.withdraw_agenda(p_meeting uuid, p_by uuid, p_at timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION public.withdraw_agenda(p_meeting uuid, p_by uuid, p_at timestamp with time zone) TO toldonce_app;

REVOKE ALL ON FUNCTION public.withdraw_research(p_meeting uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.withdraw_research(p_meeting uuid) TO toldonce_app;

GRANT SELECT ON TABLE public.__diesel_schema_migrations TO toldonce_app;

GRANT SELECT,INSERT,UPDATE ON TABLE public.absences TO toldonce_app;

GRANT SELECT,INSERT,UPDATE ON TABLE public.account_entries TO toldonce_app;

GRANT SELECT,INSERT ON TABLE public.action_changes TO toldonce_app;

GRANT SELECT,INSERT ON TABLE public.action_escalations TO toldonce_app;

GRANT SELECT,INSERT ON TABLE public.action_events TO toldonce_app;

GRANT SELECT,INSERT,UPDATE ON TABLE public.actions TO toldonce_app;

GRANT SELECT,INSERT,UPDATE ON TABLE public.address_changes TO toldonce_app;

GRANT SELECT,INSERT,UPDATE ON TABLE public.agencies TO toldonce_app;

GRANT SELECT,INSERT,UPDATE ON TABLE public.agenda_items TO toldonce_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.agenda_listings TO toldonce_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.agenda_sessions TO toldonce_app;

GRANT SELECT,INSERT,UPDATE ON TABLE public.api_clients TO toldonce_app;

GRANT SELECT ON TABLE public.applied_functions TO toldonce_app;

GRANT SELECT,INSERT,UPDATE ON TABLE public.attendance_items TO toldonce_app;

GRANT SELECT,INSERT,UPDATE ON TABLE public.attendances TO toldonce_app;

GRANT SELECT,INSERT ON TABLE public.audit_adoptions TO toldonce_app;

GRANT SELECT,INSERT ON TABLE public.audit_chain TO toldonce_app;

GRANT SELECT,INSERT ON TABLE public.audit_events TO toldonce_app;

GRANT SELECT,INSERT ON TABLE public.audit_heads TO toldonce_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.calendar_feeds TO toldonce_app;

GRANT SELECT,INSERT,UPDATE ON TABLE public.cases TO toldonce_app;
GRANT SELECT ON TABLE public.cases TO toldonce_match;

GRANT SELECT,INSERT,UPDATE ON TABLE public.circle TO toldonce_app;

GRANT SELECT,INSERT ON TABLE public.confidentiality_statements TO toldonce_app;

GRANT SELECT,INSERT ON TABLE public.conflicts_of_interest TO toldonce_app;

GRANT SELECT ON TABLE public.damaged_meeting_parts TO toldonce_app;

GRANT SELECT ON TABLE public.damaged_parts TO toldonce_app;

GRANT SELECT,INSERT,UPDATE ON TABLE public.data_keys TO toldonce_app;

GRANT SELECT,INSERT ON TABLE public.entry_openings TO toldonce_app;

GRANT SELECT,INSERT,UPDATE ON TABLE public.exclusions TO toldonce_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.failed_sign_ins TO toldonce_app;

GRANT SELECT,INSERT ON TABLE public.flag_events TO toldonce_app;

GRANT SELECT,INSERT,UPDATE ON TABLE public.flags TO toldonce_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.guesses TO toldonce_app;

GRANT SELECT,INSERT,UPDATE ON TABLE public.hearing_entries TO toldonce_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.idempotency_keys TO toldonce_app;

GRANT SELECT,INSERT,UPDATE ON TABLE public.identity_differences TO toldonce_app;

GRANT SELECT,INSERT,UPDATE ON TABLE public.idva_allocations TO toldonce_app;

GRANT SELECT,INSERT ON TABLE public.idva_contacts TO toldonce_app;

GRANT SELECT ON TABLE public.installation TO toldonce_app;

GRANT SELECT,INSERT,UPDATE ON TABLE public.invitations TO toldonce_app;

GRANT SELECT,INSERT,UPDATE ON TABLE public.jobs TO toldonce_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.known_networks TO toldonce_app;

GRANT SELECT,INSERT,UPDATE ON TABLE public.lapse_notices TO toldonce_app;

GRANT SELECT,INSERT,UPDATE ON TABLE public.marac_agencies TO toldonce_app;

GRANT SELECT,INSERT,UPDATE ON TABLE public.maracs TO toldonce_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.match_tokens TO toldonce_app;
GRANT SELECT ON TABLE public.match_tokens TO toldonce_match;

GRANT SELECT,INSERT,UPDATE ON TABLE public.meeting_keys TO toldonce_app;

GRANT SELECT,INSERT,UPDATE ON TABLE public.meetings TO toldonce_app;

GRANT SELECT,INSERT,DELETE ON TABLE public.minutes_parts TO toldonce_app;

GRANT SELECT,INSERT,UPDATE ON TABLE public.minutes_versions TO toldonce_app;

GRANT SELECT,INSERT,UPDATE ON TABLE public.notification_preferences TO toldonce_app;

GRANT SELECT,UPDATE ON TABLE public.notifications TO toldonce_app;

GRANT SELECT,UPDATE ON TABLE public.outbox TO toldonce_app;

GRANT SELECT,INSERT,UPDATE ON TABLE public.parties TO toldonce_app;

GRANT SELECT,INSERT,UPDATE ON TABLE public.party_addresses TO toldonce_app;

GRANT SELECT,INSERT,UPDATE ON TABLE public.party_characteristics TO toldonce_app;

GRANT SELECT,INSERT,UPDATE ON TABLE public.party_contacts TO toldonce_app;

GRANT SELECT,INSERT,UPDATE ON TABLE public.party_relationships TO toldonce_app;

GRANT SELECT,INSERT,UPDATE ON TABLE public.pending_grants TO toldonce_app;

GRANT SELECT,INSERT,UPDATE ON TABLE public.persons TO toldonce_app;

GRANT SELECT,INSERT,UPDATE ON TABLE public.questions TO toldonce_app;

GRANT SELECT,INSERT,UPDATE ON TABLE public.referral_counts TO toldonce_app;

GRANT SELECT,INSERT,UPDATE ON TABLE public.referral_joins TO toldonce_app;

GRANT SELECT,INSERT,UPDATE ON TABLE public.referrals TO toldonce_app;

GRANT SELECT,INSERT,UPDATE ON TABLE public.refresh_tokens TO toldonce_app;

GRANT SELECT,INSERT,UPDATE ON TABLE public.registered_actors TO toldonce_app;

GRANT SELECT,INSERT,UPDATE ON TABLE public.research_returns TO toldonce_app;

GRANT SELECT,INSERT ON TABLE public.research_versions TO toldonce_app;

GRANT SELECT,INSERT,UPDATE ON TABLE public.restrictions TO toldonce_app;
GRANT SELECT ON TABLE public.restrictions TO toldonce_match;

GRANT SELECT,INSERT,UPDATE ON TABLE public.risk_assessments TO toldonce_app;

GRANT SELECT,INSERT,DELETE ON TABLE public.risk_figures TO toldonce_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.role_grants TO toldonce_app;

GRANT SELECT,INSERT,UPDATE ON TABLE public.sessions TO toldonce_app;

GRANT SELECT,INSERT ON TABLE public.standard_action_versions TO toldonce_app;

GRANT SELECT,INSERT ON TABLE public.standard_actions TO toldonce_app;

GRANT SELECT,INSERT,UPDATE ON TABLE public.told_already TO toldonce_app;

GRANT SELECT,INSERT,UPDATE ON TABLE public.users TO toldonce_app;

-- Exclusions and restrictions follow people, not files. What is set on one file is laid on every other file in
-- which somebody is, or is matched to, the same person. It is laid in the transaction in which the two files
-- become linked, by triggers, so that no way of writing can forget it.

-- The moment of the request; the clock's where the owner works by hand.
create or replace function moment() returns timestamptz language sql stable set search_path = public as $$
  select coalesce(nullif(current_setting('toldonce.now', true), '')::timestamptz, now())
$$;

-- Two files may become linked while one of them is being restricted, and somebody excluded may make an account
-- while their exclusion is being laid. Whoever comes second waits here, and then sees what the first did. New
-- files wait only for what is set, not for one another.
create or replace function follow_alone() returns void language sql set search_path = public as $$
  select pg_advisory_xact_lock(4217403826)
$$;

create or replace function follow_together() returns void language sql set search_path = public as $$
  select pg_advisory_xact_lock_shared(4217403826)
$$;

create or replace function something_is_set(p_case uuid) returns boolean language sql stable set search_path = public as $$
  select exists (select from exclusions e where e.case_id = p_case and e.ends_at > moment())
    or exists (select from restrictions t where t.case_id = p_case and t.ends_at > moment())
$$;

-- Whether an account is live and holds one of these roles in the MARAC.
create or replace function has_role_in(p_user uuid, p_marac uuid, p_roles text[], p_now timestamptz) returns boolean
language sql stable set search_path = public as $$
  select exists (select from role_grants g
    join users u on u.id = g.user_id and u.disabled_at is null
    join agencies a on a.id = u.agency_id and a.closed_at is null
    join marac_agencies m on m.marac_id = g.marac_id and m.agency_id = a.id and m.suspended_at is null
      and (m.access_ends_at is null or m.access_ends_at > p_now)
    where g.user_id = p_user and g.marac_id = p_marac and g.ends_at > p_now and g.role = any (p_roles))
$$;

-- The registered actors who are this account's person: those linked to it, and the same partner's person where
-- they are registered with another client.
create or replace function actors_of(p_user uuid) returns setof uuid language sql stable set search_path = public as $$
  select r.id from registered_actors r where r.user_id = p_user
  union all
  select o.id from registered_actors r join registered_actors o on o.agency_id = r.agency_id
    and o.partner_ref = r.partner_ref and o.id <> r.id and o.kind = 'person' and r.kind = 'person'
  where r.user_id = p_user
$$;

-- Whether an exclusion of this file holds for an account.
create or replace function excludes_user(p_case uuid, p_user uuid, p_agency uuid, p_now timestamptz) returns boolean
language sql stable set search_path = public as $$
  select exists (select from exclusions e where e.case_id = p_case and e.ends_at > p_now and (
    e.user_id = p_user or e.actor_id in (select actors_of(p_user))
    or (e.agency_id = p_agency and e.exempt_user_id is distinct from p_user)))
$$;

-- Whether a laid row spares somebody. Whoever wrote a referral reads what they wrote themselves until it is
-- decided, as if its people were not known; otherwise sending a referral in would be a way to ask whether they
-- are. Whoever decides on referrals there is not spared.
create or replace function spared(p_case uuid, p_user uuid, p_actor uuid) returns boolean
language sql stable set search_path = public as $$
  select exists (select from referrals r join cases c on c.id = r.case_id
    where r.case_id = p_case and c.opened_at is null and c.status in ('intake', 'not_accepted')
      and (r.submitted_by = p_user or r.actor_id = p_actor))
$$;

-- How sure a link of two files is: the lower the number, the surer. Null is no link at all.
create or replace function how_sure(p_by text) returns integer language sql immutable set search_path = public as $$
  select array_position(array['joined', 'linked', 'same_pair', 'same_person', 'same_dates', 'similar_names',
    'same_place', 'same_phone', 'maker'], p_by)
$$;

-- The other files in which somebody is, or is matched to, a person of this file, and by what.
create or replace function files_of_same_people(p_case uuid) returns table (case_id uuid, laid_by text)
language sql stable security definer set search_path = public as $$
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

-- Lays what was set on the source files on the target files. An exclusion is laid from the file on which it
-- was set or to which it was inherited. What somebody lifted by hand is not laid again on a ground that is no
-- better.
create or replace function lay_exclusions(p_sources uuid[], p_targets uuid[], p_by text[]) returns void
language sql set search_path = public as $$
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

-- Names people on a file that is restricted because another file is. First come those named there who have a role
-- here; if the case is open already, only those of them who decide here or see it. If nobody among them decides
-- here, the coordinators are named. If every coordinator is excluded, the chairs are.
create or replace function name_on_laid(p_restriction uuid) returns void
language plpgsql set search_path = public as $$
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

-- As `lay_exclusions`, for restrictions. A file that is restricted already keeps those who are named on it. An
-- open case is not restricted on a doubtful ground, because that would take it from everybody who works on it.
create or replace function lay_restrictions(p_sources uuid[], p_targets uuid[], p_by text[]) returns void
language plpgsql set search_path = public as $$
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

-- This file is found by people by whom it was not found before. Whoever adds tokens to an open case holds its
-- row, as does whoever sets something on it. If something was set on the file while this waited, the program
-- tries the whole transaction again.
create or replace function follow_people(p_case uuid) returns void language plpgsql set search_path = public as $$
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

create or replace function tokens_were_added() returns trigger
language plpgsql security definer set search_path = public as $$
begin
  perform follow_people(f.case_id) from (select distinct case_id from fresh) f;
  return null;
end $$;
create or replace trigger follow after insert on match_tokens referencing new table as fresh
  for each statement execute function tokens_were_added();

create or replace function person_was_linked() returns trigger
language plpgsql security definer set search_path = public as $$
begin
  if exists (select from parties p where p.person_id = new.person_id and p.case_id <> new.case_id) then
    perform follow_people(new.case_id);
  end if;
  return null;
end $$;
create or replace trigger follow after insert or update of person_id on parties
  for each row execute function person_was_linked();

create or replace function exclusion_was_set() returns trigger
language plpgsql security definer set search_path = public as $$
declare v_files uuid[]; v_by text[]; v_here uuid[];
begin
  perform follow_alone();
  select array_agg(f.case_id), array_agg(f.laid_by), array_agg(new.case_id) into v_files, v_by, v_here
    from files_of_same_people(new.case_id) f;
  perform lay_exclusions(v_here, v_files, v_by);
  return null;
end $$;
create or replace trigger follow after insert on exclusions for each row
  when (new.laid_by is null or new.laid_by = 'maker') execute function exclusion_was_set();

-- With an exclusion, what was laid from it ends. What another exclusion holds stands.
create or replace function exclusion_was_ended() returns trigger
language plpgsql security definer set search_path = public as $$
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
create or replace trigger follow_end after update of ends_at on exclusions for each row
  when (new.ends_at < old.ends_at) execute function exclusion_was_ended();

create or replace function restriction_was_changed() returns trigger
language plpgsql security definer set search_path = public as $$
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
-- At the end of the transaction it is known who is named.
drop trigger if exists follow on restrictions;
create constraint trigger follow after insert or update on restrictions
  deferrable initially deferred for each row
  when (new.origin_id is null) execute function restriction_was_changed();

-- What is set or laid on a case holds on the files that were joined to it, too, because the audit still tells
-- of them.
create or replace function lay_on_joined(p_exclusion uuid) returns void
language sql set search_path = public as $$
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

create or replace function exclusion_was_made() returns trigger
language plpgsql security definer set search_path = public as $$
begin
  perform lay_on_joined(new.id);
  return null;
end $$;
create or replace trigger hold_on_joined after insert on exclusions for each row execute function exclusion_was_made();

create or replace function lay_restriction_on_joined(p_restriction uuid) returns void
language sql set search_path = public as $$
  select lay_restrictions(array_agg(o.case_id), array_agg(r.own_file_id), array_agg('joined'::text))
  from restrictions t join restrictions o on o.id = coalesce(t.origin_id, t.id)
  join referrals r on r.case_id = t.case_id and r.own_file_id is not null
  where t.id = p_restriction and t.ends_at > moment() and o.case_id <> r.own_file_id
$$;

create or replace function restriction_was_made() returns trigger
language plpgsql security definer set search_path = public as $$
begin
  perform lay_restriction_on_joined(new.id);
  return null;
end $$;
-- At the end of the transaction it is known who is named.
drop trigger if exists hold_on_joined on restrictions;
create constraint trigger hold_on_joined after insert on restrictions
  deferrable initially deferred for each row execute function restriction_was_made();

-- Files that wait for a decision and that nobody in their MARAC may see, because every coordinator and chair is
-- excluded or not named. The answer is numbers alone, for the operator, who has a coordinator appointed.
create or replace function unseen_files(p_now timestamptz) returns table (marac_id uuid, files bigint)
language sql stable security definer set search_path = public as $$
  select c.marac_id, count(*) from cases c
  where c.status = 'intake' and c.received_at is not null
    and not exists (select from role_grants g join users u on u.id = g.user_id
      where g.marac_id = c.marac_id and g.role in ('coordinator', 'chair')
        and has_role_in(u.id, c.marac_id, array['coordinator', 'chair'], p_now)
        and not closed_to(c.id, u.id, null, u.agency_id, p_now))
  group by c.marac_id
$$;

revoke execute on function moment, follow_alone, follow_together, something_is_set, has_role_in, actors_of,
  excludes_user, spared, how_sure, files_of_same_people, lay_exclusions, name_on_laid, lay_restrictions,
  follow_people, tokens_were_added, person_was_linked, exclusion_was_set, exclusion_was_ended,
  restriction_was_changed, lay_on_joined, exclusion_was_made, lay_restriction_on_joined, restriction_was_made,
  unseen_files from public;
grant execute on function unseen_files to toldonce_app;

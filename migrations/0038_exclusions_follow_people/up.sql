-- Exclusions and restrictions follow people, not files. What is set on one file is laid on every other
-- file in which somebody is, or is matched to, the same person, in the transaction in which the two
-- files become linked: by triggers, so that no way of writing can forget it. An exclusion also passes to
-- every account, actor and client that an excluded person makes.

alter table exclusions add column client_id uuid references api_clients;
alter table exclusions add column origin_id uuid references exclusions;
alter table exclusions add column root_id uuid references exclusions;
alter table exclusions add column laid_by text check (laid_by in ('joined', 'linked', 'same_pair',
  'same_person', 'similar_names', 'same_place', 'same_phone', 'maker'));
alter table exclusions alter column reason drop not null;
alter table exclusions drop constraint exclusions_check;
alter table exclusions add constraint exclusions_subject_check
  check (num_nonnulls(user_id, actor_id, agency_id, client_id) = 1);
alter table exclusions add constraint exclusions_laid_check
  check (num_nonnulls(origin_id, root_id, laid_by) = case when reason is null then 3 else 0 end);
create index exclusions_client on exclusions (client_id) where client_id is not null;
create index exclusions_origin on exclusions (origin_id) where origin_id is not null;
create index exclusions_root on exclusions (root_id) where root_id is not null;
create unique index exclusions_laid_once on exclusions
  (case_id, root_id, user_id, actor_id, agency_id, client_id) nulls not distinct
  where root_id is not null and lifted_by is null;
comment on column exclusions.origin_id is 'What this one was laid or inherited from; it is lifted with it.';
comment on column exclusions.root_id is 'The exclusion that somebody set, and whose reason holds for all that were laid from it.';

alter table restrictions add column origin_id uuid references restrictions;
alter table restrictions add column laid_by text check (laid_by in ('joined', 'linked', 'same_pair',
  'same_person', 'similar_names', 'same_place', 'same_phone', 'maker'));
alter table restrictions alter column reason drop not null;
alter table restrictions add constraint restrictions_laid_check
  check (num_nonnulls(origin_id, laid_by) = case when reason is null then 2 else 0 end);
create index restrictions_origin on restrictions (origin_id) where origin_id is not null;

alter table circle add column restriction_id uuid references restrictions;
create index circle_restriction on circle (restriction_id) where restriction_id is not null;
comment on column circle.restriction_id is 'The restriction, laid from another file, that named this person.';

-- Tokens beside those of exact identity: an exclusion laid in doubt is better than none.
alter table match_tokens drop constraint match_tokens_kind_check;
alter table match_tokens add constraint match_tokens_kind_check check (kind in ('pair', 'survivor',
  'perpetrator', 'child', 'person', 'pair_names', 'family_born', 'sound', 'place', 'phone'));

create index registered_actors_ref on registered_actors (agency_id, partner_ref);

-- The moment of the request, also where the owner works by hand.
create function moment() returns timestamptz language sql stable set search_path = public as $$
  select coalesce(nullif(current_setting('toldonce.now', true), '')::timestamptz, now())
$$;

-- How sure a link of two files is, the surest first; null is no link at all.
create function how_sure(p_by text) returns integer language sql immutable set search_path = public as $$
  select array_position(array['joined', 'linked', 'same_pair', 'same_person', 'similar_names',
    'same_place', 'same_phone', 'maker'], p_by)
$$;

-- The other files in which somebody is, or is matched to, a person of this file, and by what.
create function files_of_same_people(p_case uuid) returns table (case_id uuid, laid_by text)
language sql stable security definer set search_path = public as $$
  select distinct on (m.case_id) m.case_id, m.laid_by from (
    select o.case_id, case o.kind when 'pair' then 'same_pair' when 'place' then 'same_place'
        when 'phone' then 'same_phone' when 'pair_names' then 'similar_names'
        when 'family_born' then 'similar_names' when 'sound' then 'similar_names'
        else 'same_person' end as laid_by
      from match_tokens t
      join match_tokens o on o.token = t.token and o.kind = t.kind and o.case_id <> t.case_id
      where t.case_id = p_case
    union all
    select q.case_id, 'linked' from parties p
      join parties q on q.person_id = p.person_id and q.case_id <> p.case_id
      where p.case_id = p_case) m
  order by m.case_id, how_sure(m.laid_by)
$$;

-- Two files become linked while one of them is being restricted, or somebody excluded makes an account
-- while an exclusion is being laid: whoever comes second waits here, and then sees what the first did.
-- New files wait only for what is set, not for one another.
create function follow_alone() returns void language sql set search_path = public as $$
  select pg_advisory_xact_lock(4217403826)
$$;
create function follow_together() returns void language sql set search_path = public as $$
  select pg_advisory_xact_lock_shared(4217403826)
$$;

create function something_is_set(p_case uuid) returns boolean language sql stable set search_path = public as $$
  select exists (select from exclusions e where e.case_id = p_case and e.ends_at > moment())
    or exists (select from restrictions t where t.case_id = p_case and t.ends_at > moment())
$$;

-- Whether an account is live and holds one of these roles in the MARAC.
create function has_role_in(p_user uuid, p_marac uuid, p_roles text[], p_now timestamptz) returns boolean
language sql stable set search_path = public as $$
  select exists (select from role_grants g
    join users u on u.id = g.user_id and u.disabled_at is null
    join agencies a on a.id = u.agency_id and a.closed_at is null
    join marac_agencies m on m.marac_id = g.marac_id and m.agency_id = a.id and m.suspended_at is null
      and (m.access_ends_at is null or m.access_ends_at > p_now)
    where g.user_id = p_user and g.marac_id = p_marac and g.ends_at > p_now and g.role = any (p_roles))
$$;

-- The registered actors who are this account's person: linked to it, or the same partner's person
-- registered with another client.
create function actors_of(p_user uuid) returns setof uuid language sql stable set search_path = public as $$
  select r.id from registered_actors r where r.user_id = p_user
  union all
  select o.id from registered_actors r join registered_actors o on o.agency_id = r.agency_id
    and o.partner_ref = r.partner_ref and o.id <> r.id and o.kind = 'person' and r.kind = 'person'
  where r.user_id = p_user
$$;

-- Whether an exclusion of this file holds for an account.
create function excludes_user(p_case uuid, p_user uuid, p_agency uuid, p_now timestamptz) returns boolean
language sql stable set search_path = public as $$
  select exists (select from exclusions e where e.case_id = p_case and e.ends_at > p_now and (
    e.user_id = p_user or e.actor_id in (select actors_of(p_user))
    or (e.agency_id = p_agency and e.exempt_user_id is distinct from p_user)))
$$;

-- Lays what was set on the source files on the target files. An exclusion is a source on the file where
-- it was set, or was inherited there. What somebody lifted by hand is not laid again on no better ground.
create function lay_exclusions(p_sources uuid[], p_targets uuid[], p_by text[]) returns void
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

-- Who is named on a file that is restricted because another one is: those named there who have a role
-- here, of an open case only those who decide here or see it already; if none of them decides here, its coordinators; if every coordinator is excluded, its chairs.
create function name_on_laid(p_restriction uuid) returns void
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

-- The same for restrictions. One that stands keeps those it names; a case that is open already is not
-- restricted on a doubtful ground, since that would take it from everybody who works on it.
create function lay_restrictions(p_sources uuid[], p_targets uuid[], p_by text[]) returns void
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

-- The file is found by people it was not found by before. Whoever adds tokens to an open case holds its
-- row, as does whoever sets something on it; what came upon a file while this one waited is for a retry.
create function follow_people(p_case uuid) returns void language plpgsql set search_path = public as $$
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

create function tokens_were_added() returns trigger
language plpgsql security definer set search_path = public as $$
begin
  perform follow_people(f.case_id) from (select distinct case_id from fresh) f;
  return null;
end $$;
create trigger follow after insert on match_tokens referencing new table as fresh
  for each statement execute function tokens_were_added();

create function person_was_linked() returns trigger
language plpgsql security definer set search_path = public as $$
begin
  if exists (select from parties p where p.person_id = new.person_id and p.case_id <> new.case_id) then
    perform follow_people(new.case_id);
  end if;
  return null;
end $$;
create trigger follow after insert or update of person_id on parties
  for each row execute function person_was_linked();

create function exclusion_was_set() returns trigger
language plpgsql security definer set search_path = public as $$
declare v_files uuid[]; v_by text[]; v_here uuid[];
begin
  perform follow_alone();
  select array_agg(f.case_id), array_agg(f.laid_by), array_agg(new.case_id) into v_files, v_by, v_here
    from files_of_same_people(new.case_id) f;
  perform lay_exclusions(v_here, v_files, v_by);
  return null;
end $$;
create trigger follow after insert on exclusions for each row
  when (new.laid_by is null or new.laid_by = 'maker') execute function exclusion_was_set();

-- Lifted, and with it what was laid from it; what another exclusion holds stands.
create function exclusion_was_ended() returns trigger
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
create trigger follow_end after update of ends_at on exclusions for each row
  when (new.ends_at < old.ends_at) execute function exclusion_was_ended();

-- At the end of the transaction, when it is known who is named.
create function restriction_was_changed() returns trigger
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
create constraint trigger follow after insert or update on restrictions
  deferrable initially deferred for each row
  when (new.origin_id is null) execute function restriction_was_changed();

-- Whoever is excluded passes it on to what they make: an account, an actor or a client they register; an
-- account they open again or give another address; a client whose secret they are shown or whose rights
-- they widen; in its MARAC, whoever they give a role. Until somebody who is not excluded lifts it.
create function inherit_exclusions(p_by uuid, p_user uuid, p_actor uuid, p_client uuid, p_agency uuid, p_marac uuid)
returns void language plpgsql set search_path = public as $$
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

create function maker() returns uuid language sql stable set search_path = public as $$
  select nullif(current_setting('toldonce.user', true), '')::uuid
$$;

create function account_was_made() returns trigger
language plpgsql security definer set search_path = public as $$
begin
  perform inherit_exclusions(maker(), new.id, null, null, new.agency_id, null);
  return null;
end $$;
create trigger inherit after insert on users for each row execute function account_was_made();
create trigger inherit_again after update of email, disabled_at on users for each row
  when (new.email <> old.email or (old.disabled_at is not null and new.disabled_at is null))
  execute function account_was_made();

create function actor_was_made() returns trigger
language plpgsql security definer set search_path = public as $$
begin
  perform inherit_exclusions(maker(), null, new.id, null, new.agency_id, null);
  return null;
end $$;
create trigger inherit after insert on registered_actors for each row execute function actor_was_made();
create trigger inherit_again after update of user_id, disabled_at on registered_actors for each row
  when (new.user_id is distinct from old.user_id or (old.disabled_at is not null and new.disabled_at is null))
  execute function actor_was_made();

create function client_was_made() returns trigger
language plpgsql security definer set search_path = public as $$
begin
  perform inherit_exclusions(maker(), null, null, new.id, new.agency_id, null);
  return null;
end $$;
create trigger inherit after insert on api_clients for each row execute function client_was_made();
create trigger inherit_again after update of secret_hash, rights, disabled_at on api_clients for each row
  when (new.secret_hash <> old.secret_hash or not new.rights <@ old.rights
    or (old.disabled_at is not null and new.disabled_at is null))
  execute function client_was_made();

create function role_was_granted() returns trigger
language plpgsql security definer set search_path = public as $$
declare v_agency uuid;
begin
  select coalesce((select agency_id from users where id = new.user_id),
    (select agency_id from api_clients where id = new.client_id)) into v_agency;
  perform inherit_exclusions(b.id, new.user_id, null, new.client_id, v_agency, new.marac_id)
    from (select maker() union select new.granted_by) b(id);
  return null;
end $$;
create trigger inherit after insert on role_grants for each row execute function role_was_granted();
create trigger inherit_again after update of ends_at, role on role_grants for each row
  when (new.ends_at > old.ends_at or new.role <> old.role) execute function role_was_granted();

-- Files that wait for a decision which nobody in their MARAC may see: every coordinator and chair is
-- excluded or not named. Numbers alone, for the operator, who has a coordinator appointed.
create function unseen_files(p_now timestamptz) returns table (marac_id uuid, files bigint)
language sql stable security definer set search_path = public as $$
  select c.marac_id, count(*) from cases c
  where c.status = 'intake' and c.received_at is not null
    and not exists (select from role_grants g join users u on u.id = g.user_id
      where g.marac_id = c.marac_id and g.role in ('coordinator', 'chair')
        and has_role_in(u.id, c.marac_id, array['coordinator', 'chair'], p_now)
        and not closed_to(c.id, u.id, null, u.agency_id, p_now))
  group by c.marac_id
$$;

-- Whether a laid row spares somebody: who wrote a referral reads what they wrote themselves until it is
-- decided, as if nobody were known. Otherwise sending one in would ask whether its people are. Whoever
-- decides on referrals there is not spared.
create function spared(p_case uuid, p_user uuid, p_actor uuid) returns boolean
language sql stable set search_path = public as $$
  select exists (select from referrals r join cases c on c.id = r.case_id
    where r.case_id = p_case and c.opened_at is null and c.status in ('intake', 'not_accepted')
      and (r.submitted_by = p_user or r.actor_id = p_actor))
$$;

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

revoke execute on function moment, how_sure, files_of_same_people, follow_alone, follow_together, something_is_set, has_role_in,
  actors_of, excludes_user, lay_exclusions, name_on_laid, lay_restrictions, follow_people, tokens_were_added,
  person_was_linked, exclusion_was_set, exclusion_was_ended, restriction_was_changed, inherit_exclusions, maker,
  account_was_made, actor_was_made, client_was_made, role_was_granted, unseen_files, spared from public;
grant execute on function unseen_files to toldonce_app;

-- Files that are there already: what stands on one of them is laid on the others of the same people.
do $$
declare f record;
begin
  for f in select c.id from cases c where exists (select from exclusions e where e.case_id = c.id and e.ends_at > now())
    or exists (select from restrictions t where t.case_id = c.id and t.ends_at > now()) order by c.id
  loop
    perform follow_people(f.id);
  end loop;
end $$;

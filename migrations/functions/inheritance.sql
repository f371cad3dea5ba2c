-- Whoever is excluded passes the exclusion on to what they make.

-- An exclusion passes to an account, an actor or a client that its subject registers; to an account they open again
-- or give another address; to a client whose secret they are shown or whose rights they widen; and, in its
-- MARAC, to whoever they give a role. It holds until somebody who is not excluded lifts it.
create or replace function inherit_exclusions(p_by uuid, p_user uuid, p_actor uuid, p_client uuid, p_agency uuid, p_marac uuid)
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

create or replace function maker() returns uuid language sql stable set search_path = public as $$
  select nullif(current_setting('toldonce.user', true), '')::uuid
$$;

create or replace function account_was_made() returns trigger
language plpgsql security definer set search_path = public as $$
begin
  perform inherit_exclusions(maker(), new.id, null, null, new.agency_id, null);
  return null;
end $$;
create or replace trigger inherit after insert on users for each row execute function account_was_made();
create or replace trigger inherit_again after update of email, disabled_at on users for each row
  when (new.email <> old.email or (old.disabled_at is not null and new.disabled_at is null))
  execute function account_was_made();

create or replace function actor_was_made() returns trigger
language plpgsql security definer set search_path = public as $$
begin
  perform inherit_exclusions(maker(), null, new.id, null, new.agency_id, null);
  return null;
end $$;
create or replace trigger inherit after insert on registered_actors for each row execute function actor_was_made();
create or replace trigger inherit_again after update of user_id, disabled_at on registered_actors for each row
  when (new.user_id is distinct from old.user_id or (old.disabled_at is not null and new.disabled_at is null))
  execute function actor_was_made();

create or replace function client_was_made() returns trigger
language plpgsql security definer set search_path = public as $$
begin
  perform inherit_exclusions(maker(), null, null, new.id, new.agency_id, null);
  return null;
end $$;
create or replace trigger inherit after insert on api_clients for each row execute function client_was_made();
create or replace trigger inherit_again after update of secret_hash, rights, disabled_at on api_clients for each row
  when (new.secret_hash <> old.secret_hash or not new.rights <@ old.rights
    or (old.disabled_at is not null and new.disabled_at is null))
  execute function client_was_made();

create or replace function role_was_granted() returns trigger
language plpgsql security definer set search_path = public as $$
declare v_agency uuid;
begin
  select coalesce((select agency_id from users where id = new.user_id),
    (select agency_id from api_clients where id = new.client_id)) into v_agency;
  perform inherit_exclusions(b.id, new.user_id, null, new.client_id, v_agency, new.marac_id)
    from (select maker() union select new.granted_by) b(id);
  return null;
end $$;
create or replace trigger inherit after insert on role_grants for each row execute function role_was_granted();
create or replace trigger inherit_again after update of ends_at, role on role_grants for each row
  when (new.ends_at > old.ends_at or new.role <> old.role) execute function role_was_granted();

-- A grant that waited for a second person was asked for by somebody. If they are excluded, what they asked for
-- inherits the exclusion, as it would without a second person: a role in its MARAC, wider rights of a client, or
-- a link of an actor.
create or replace function grant_was_confirmed() returns trigger
language plpgsql security definer set search_path = public as $$
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
create or replace trigger inherit after update of outcome on pending_grants for each row
  when (new.outcome = 'confirmed') execute function grant_was_confirmed();

revoke execute on function inherit_exclusions, maker, account_was_made, actor_was_made, client_was_made,
  role_was_granted, grant_was_confirmed from public;

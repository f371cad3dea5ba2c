create or replace function closed_to(
  p_case uuid, p_user uuid, p_client uuid, p_agency uuid, p_now timestamptz
) returns boolean language plpgsql stable security definer set search_path = public
  set plan_cache_mode = force_generic_plan as $$
begin
  return exists (
    select from exclusions e where e.case_id = p_case and e.ends_at > p_now and (
      e.user_id = p_user
      or (e.agency_id = p_agency and (p_user is null or e.exempt_user_id is distinct from p_user))
      or (p_client is not null and (
        e.user_id in (select u.id from users u where u.agency_id = p_agency)
        or e.actor_id in (select r.id from registered_actors r where r.agency_id = p_agency)))))
  or exists (
    select from restrictions t where t.case_id = p_case and t.ends_at > p_now
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

do $$
declare t text;
begin
  foreach t in array array['match_tokens', 'parties', 'restrictions', 'exclusions', 'users', 'registered_actors',
    'api_clients', 'role_grants'] loop
    execute format('drop trigger if exists follow on %I', t);
    execute format('drop trigger if exists follow_end on %I', t);
    execute format('drop trigger if exists inherit on %I', t);
    execute format('drop trigger if exists inherit_again on %I', t);
  end loop;
end $$;
drop function spared, unseen_files, role_was_granted, client_was_made, actor_was_made, account_was_made, maker,
  inherit_exclusions, restriction_was_changed, exclusion_was_ended, exclusion_was_set, person_was_linked,
  tokens_were_added, follow_people, lay_restrictions, name_on_laid, lay_exclusions, excludes_user, actors_of,
  has_role_in, something_is_set, follow_together, follow_alone, files_of_same_people, how_sure, moment;

drop index registered_actors_ref;
delete from match_tokens where kind not in ('pair', 'survivor', 'perpetrator', 'child');
alter table match_tokens drop constraint match_tokens_kind_check;
alter table match_tokens add constraint match_tokens_kind_check
  check (kind in ('pair', 'survivor', 'perpetrator', 'child'));

alter table circle drop column restriction_id;
delete from restrictions where origin_id is not null;
alter table restrictions drop constraint restrictions_laid_check, drop column origin_id, drop column laid_by;
alter table restrictions alter column reason set not null;

-- What was laid or inherited cannot be told here, and goes.
delete from exclusions where origin_id is not null;
drop index exclusions_laid_once;
alter table exclusions drop constraint exclusions_laid_check, drop constraint exclusions_subject_check,
  drop column client_id, drop column origin_id, drop column root_id, drop column laid_by;
alter table exclusions add constraint exclusions_check check (num_nonnulls(user_id, actor_id, agency_id) = 1);
alter table exclusions alter column reason set not null;

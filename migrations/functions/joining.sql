-- Joining a referral to a case opens nothing, and it can be taken back.

-- Somebody decided that two files are of the same people. What holds on one of them holds on the other.
create or replace function hold_on_both(p_one uuid, p_other uuid) returns void
language plpgsql set search_path = public as $$
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

-- The rest of a join, once everything that is sealed has been moved. The file's exclusions and restrictions hold
-- on the case as well. Sight of the file ends, and nothing finds the file by itself any more. Nobody sees the case
-- because they saw the file.
create or replace function join_file(p_file uuid, p_case uuid) returns void
language plpgsql security definer set search_path = public as $$
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

-- What came with a referral leaves the case. A file of its own gets it anew from what was sent. The program checks
-- before that nothing of it was changed and that nothing else hangs on it.
create or replace function take_out(p_referral uuid) returns void
language plpgsql security definer set search_path = public as $$
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
end $$;

-- What was set on the file before it was joined stands there again; the program has sealed it under the file's key.
-- What was laid or inherited from that stands where it would if the two files had never been one. This comes
-- before anything is written to the file, so that nothing is laid a second time.
create or replace function give_back(p_file uuid, p_case uuid) returns void
language plpgsql security definer set search_path = public as $$
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

-- Makes the file a case of its own again.
create or replace function unjoin_file(p_file uuid, p_case uuid) returns void
language plpgsql security definer set search_path = public as $$
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

revoke execute on function hold_on_both, join_file, take_out, give_back, unjoin_file from public;
grant execute on function join_file, take_out, give_back, unjoin_file to toldonce_app;

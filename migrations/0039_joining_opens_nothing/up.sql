-- Joining opens nothing and can be taken back: a referral remembers the file it was sent in, what came
-- with it says so, and where it differs from what is recorded somebody decides.

alter table referrals add column own_file_id uuid references cases;
create index referrals_own_file on referrals (own_file_id) where own_file_id is not null;
alter table referrals add column separate bytea;
comment on column referrals.separate is 'Why it opened a case of its own although its pair was known.';
comment on column referrals.own_file_id is 'The file it was sent in, once it was joined to another one.';

do $$
declare t text;
begin
  foreach t in array array['parties', 'party_characteristics', 'party_addresses', 'party_contacts',
    'party_relationships', 'account_entries'] loop
    execute format('alter table %I add column referral_id uuid references referrals', t);
    execute format('create index %I on %I (referral_id) where referral_id is not null', t || '_referral', t);
    execute format($c$comment on column %I.referral_id is
      'The referral it came with; null: recorded on the case, or before this was noted.'$c$, t);
  end loop;
end $$;

do $$
declare t text;
begin
  foreach t in array array['parties', 'party_addresses', 'party_contacts', 'party_relationships'] loop
    execute format($c$alter table %I add column also_from uuid[] not null default '{}'$c$, t);
    execute format($c$comment on column %I.also_from is
      'Later referrals that say the same: it stays when the one it came with is taken out.'$c$, t);
  end loop;
end $$;

alter table party_relationships add column filled_by_id uuid references referrals;
create index party_relationships_filled_by on party_relationships (filled_by_id) where filled_by_id is not null;
comment on column party_relationships.filled_by_id is
  'The joined referral whose word stands here in place of another one; null once somebody has set it by hand.';

do $$
declare t text;
begin
  foreach t in array array['exclusions', 'restrictions'] loop
    execute format('alter table %I add column referral_id uuid references referrals', t);
    execute format('create index %I on %I (referral_id) where referral_id is not null', t || '_referral', t);
    execute format($c$comment on column %I.referral_id is
      'The joined referral on whose file it was set: it goes back there when that one is taken out.'$c$, t);
  end loop;
end $$;

create table referral_joins (
  referral_id uuid primary key references referrals,
  marac_id uuid not null references maracs,
  case_id uuid not null references cases,
  file_id uuid not null references cases,
  reason bytea,
  status_before text not null check (status_before in ('intake', 'not_accepted', 'listed', 'heard',
    'monitoring', 'lapsed', 'closed', 'transferred_out', 'joined')),
  closed_before timestamptz,
  joined_by uuid references users,
  unjoined_at timestamptz,
  unjoined_by uuid references users,
  unjoin_reason bytea,
  version integer not null default 1,
  created_at timestamptz not null,
  check ((unjoined_at is null) = (unjoin_reason is null))
);
create index referral_joins_marac on referral_joins (marac_id);
create index referral_joins_case on referral_joins (case_id);
create index referral_joins_file on referral_joins (file_id);
create index referral_joins_joined_by on referral_joins (joined_by) where joined_by is not null;
create index referral_joins_unjoined_by on referral_joins (unjoined_by) where unjoined_by is not null;
comment on table referral_joins is 'Referrals that were joined to a case, why, and how the case stood before.';

create table identity_differences (
  id uuid primary key,
  marac_id uuid not null references maracs,
  case_id uuid not null references cases,
  party_id uuid not null references parties,
  referral_id uuid not null references referrals,
  sealed bytea not null,
  decision text check (decision in ('alias', 'correct', 'leave')),
  decided_by uuid references users,
  decided_at timestamptz,
  taken_over boolean not null default false,
  version integer not null default 1,
  created_at timestamptz not null,
  check ((decision is null) = (decided_at is null))
);
create index identity_differences_marac on identity_differences (marac_id);
create index identity_differences_case on identity_differences (case_id);
create index identity_differences_party on identity_differences (party_id);
create index identity_differences_referral on identity_differences (referral_id);
create index identity_differences_decided_by on identity_differences (decided_by) where decided_by is not null;
comment on table identity_differences is
  'Names and dates in which a joined referral differs from what is recorded of somebody, as the referral has them.';
comment on column identity_differences.taken_over is 'A decision has put it into the case; a later one takes nothing back.';

grant select, insert, update on referral_joins, identity_differences to toldonce_app;
do $$
declare t text;
begin
  foreach t in array array['referral_joins', 'identity_differences'] loop
    execute format('alter table %I enable row level security', t);
    execute format($p$create policy second_lock on %I to toldonce_app using (
      (marac_id = any ((select nullif(current_setting('toldonce.maracs', true), '')::uuid[])::uuid[])) is true
      and (case_id <> all ((select nullif(current_setting('toldonce.closed', true), '')::uuid[])::uuid[])) is true)$p$, t);
  end loop;
end $$;

-- Two files are of the same people because somebody decided so: what holds on one holds on the other.
create function hold_on_both(p_one uuid, p_other uuid) returns void
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

-- The rest of a join, once everything that is sealed has been moved: the file's exclusions and
-- restrictions hold on the case as well, its own sight ends, it is found no longer by itself. Nobody
-- sees the case by having seen the file.
create function join_file(p_file uuid, p_case uuid) returns void
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

-- What came with a referral leaves the case; a file of its own gets it anew from what was sent. Nothing
-- that was changed, and nothing that something else hangs on, is among it: the program asks before.
create function take_out(p_referral uuid) returns void
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

-- What was set on the file before it was joined stands there again, sealed under its key by now: what was laid
-- or inherited from that stands where it would if the two files had never been one. Before anything is written
-- to the file, so that nothing is laid a second time.
create function give_back(p_file uuid, p_case uuid) returns void
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

-- The file that is a case of its own again.
create function unjoin_file(p_file uuid, p_case uuid) returns void
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

-- Referrals that were joined before: which file each was sent in, as far as it can be told, and their
-- authors' sight of the case ends. They read their own referral.
update referrals r set own_file_id = f.id from cases f
where f.status = 'joined' and f.marac_id = r.marac_id and f.created_at = r.created_at and f.id <> r.case_id
  and (select count(*) from cases o where o.status = 'joined' and o.marac_id = r.marac_id
    and o.created_at = r.created_at) = 1;
-- A row that came with a file was made with its referral; one that somebody took over began when that one ended.
with recursive came as (
  select g.id, g.case_id, g.ends_at, g.created_at = c.created_at as own
  from circle g join cases c on c.id = g.case_id
  where g.basis = 'referrer' and (g.created_at = c.created_at
    or exists (select from referrals r where r.case_id = c.id and r.created_at = g.created_at))
  union
  select n.id, n.case_id, n.ends_at, o.own from came o
  join circle n on n.case_id = o.case_id and n.basis = 'referrer' and n.opens_at = o.ends_at and n.id <> o.id
)
update circle g set ends_at = greatest(g.opens_at, now()), version = g.version + 1
where g.ends_at > now() and g.id in (select id from came where not own)
  and g.id not in (select id from came where own);

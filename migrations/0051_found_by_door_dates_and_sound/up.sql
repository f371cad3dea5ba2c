-- Files of the same people are found though both names are spelt otherwise: by both dates of birth, by the
-- door, by a given name with its date, by postcode and sound. The job `renew_tokens` makes these of files
-- that are there.

alter table match_tokens drop constraint match_tokens_kind_check;
alter table match_tokens add constraint match_tokens_kind_check check (kind in ('pair', 'survivor',
  'perpetrator', 'child', 'person', 'pair_names', 'pair_born', 'family_born', 'given_born', 'sound', 'place',
  'place_sound', 'door', 'phone')) not valid;
alter table match_tokens validate constraint match_tokens_kind_check;
comment on column match_tokens.version is 'Of how tokens are made, when this one was.';
comment on column cases.tokens_version is 'Of how tokens are made, when the file was last looked at.';

alter table exclusions drop constraint exclusions_laid_by_check;
alter table exclusions add constraint exclusions_laid_by_check check (laid_by in ('joined', 'linked',
  'same_pair', 'same_person', 'same_dates', 'similar_names', 'same_place', 'same_phone', 'maker')) not valid;
alter table exclusions validate constraint exclusions_laid_by_check;
alter table restrictions drop constraint restrictions_laid_by_check;
alter table restrictions add constraint restrictions_laid_by_check check (laid_by in ('joined', 'linked',
  'same_pair', 'same_person', 'same_dates', 'similar_names', 'same_place', 'same_phone', 'maker')) not valid;
alter table restrictions validate constraint restrictions_laid_by_check;

create or replace function how_sure(p_by text) returns integer language sql immutable set search_path = public as $$
  select array_position(array['joined', 'linked', 'same_pair', 'same_person', 'same_dates', 'similar_names',
    'same_place', 'same_phone', 'maker'], p_by)
$$;

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

-- What is set or laid on a case holds on the files that were joined to it: the audit still tells of them.
create function lay_on_joined(p_exclusion uuid) returns void
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
create function exclusion_was_made() returns trigger
language plpgsql security definer set search_path = public as $$
begin
  perform lay_on_joined(new.id);
  return null;
end $$;
create trigger hold_on_joined after insert on exclusions for each row execute function exclusion_was_made();
create function lay_restriction_on_joined(p_restriction uuid) returns void
language sql set search_path = public as $$
  select lay_restrictions(array_agg(o.case_id), array_agg(r.own_file_id), array_agg('joined'::text))
  from restrictions t join restrictions o on o.id = coalesce(t.origin_id, t.id)
  join referrals r on r.case_id = t.case_id and r.own_file_id is not null
  where t.id = p_restriction and t.ends_at > moment() and o.case_id <> r.own_file_id
$$;
create function restriction_was_made() returns trigger
language plpgsql security definer set search_path = public as $$
begin
  perform lay_restriction_on_joined(new.id);
  return null;
end $$;
-- At the end of the transaction, when it is known who is named.
create constraint trigger hold_on_joined after insert on restrictions
  deferrable initially deferred for each row execute function restriction_was_made();
revoke execute on function lay_on_joined, exclusion_was_made, lay_restriction_on_joined, restriction_was_made from public;
select lay_on_joined(e.id) from exclusions e where e.ends_at > moment();
select lay_restriction_on_joined(t.id) from restrictions t where t.ends_at > moment();

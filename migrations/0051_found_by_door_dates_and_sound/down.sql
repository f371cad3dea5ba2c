drop trigger hold_on_joined on restrictions;
drop function restriction_was_made, lay_restriction_on_joined;
drop trigger hold_on_joined on exclusions;
drop function exclusion_was_made, lay_on_joined;

create or replace function files_of_same_people(p_case uuid) returns table (case_id uuid, laid_by text)
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

create or replace function how_sure(p_by text) returns integer language sql immutable set search_path = public as $$
  select array_position(array['joined', 'linked', 'same_pair', 'same_person', 'similar_names',
    'same_place', 'same_phone', 'maker'], p_by)
$$;

-- What was laid stays laid, on the nearest ground that is left.
update restrictions set laid_by = 'similar_names' where laid_by = 'same_dates';
alter table restrictions drop constraint restrictions_laid_by_check;
alter table restrictions add constraint restrictions_laid_by_check check (laid_by in ('joined', 'linked',
  'same_pair', 'same_person', 'similar_names', 'same_place', 'same_phone', 'maker'));
update exclusions set laid_by = 'similar_names' where laid_by = 'same_dates';
alter table exclusions drop constraint exclusions_laid_by_check;
alter table exclusions add constraint exclusions_laid_by_check check (laid_by in ('joined', 'linked',
  'same_pair', 'same_person', 'similar_names', 'same_place', 'same_phone', 'maker'));

delete from match_tokens where kind in ('pair_born', 'given_born', 'place_sound', 'door');
alter table match_tokens drop constraint match_tokens_kind_check;
alter table match_tokens add constraint match_tokens_kind_check check (kind in ('pair', 'survivor',
  'perpetrator', 'child', 'person', 'pair_names', 'family_born', 'sound', 'place', 'phone'));
-- The program before this step makes its own tokens anew.
update match_tokens set version = 1 where version > 2;
update cases set tokens_version = 1 where tokens_version > 2;
comment on column match_tokens.version is 'Of the folding of names that made it.';
comment on column cases.tokens_version is 'Of the folding of names by which the file was last looked at.';

-- A page of the cases in sight, newest referral first, with their risk and who they are about.
-- The page is taken per MARAC along its index, then joined: the reader's MARACs are few.
select c.id, c.code, c.marac_id, c.status, c.last_referral_on, c.lapses_on, c.criteria,
  {figures_of(c.id)} as risk,
  c.has_children, c.version, {key_columns()},
  (c.restricted
    and exists (select from restrictions r where r.case_id = c.id and r.ends_at > $now)) as restricted,
  coalesce(p.ids, '{}') as party_ids,
  coalesce(p.roles, '{}') as party_roles,
  coalesce(p.identities, '{}') as identities
from (
  select c.*
  from (select distinct id from unnest($maracs::uuid[]) as m(id)) m
  cross join lateral (
    select c.*
    from cases c
    where c.marac_id = m.id
      and ($4::date is null or (c.last_referral_on, c.id) < ($4, $5))
      and {case_is_listed(c)}
    order by c.last_referral_on desc, c.id desc
    limit $6
  ) c
  where $1::uuid is null or m.id = $1
  order by c.last_referral_on desc, c.id desc
  limit $6
) c
{file_key(c.id)}
{people_of(c.id, {adult_roles()})}
order by c.last_referral_on desc, c.id desc

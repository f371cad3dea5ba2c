-- found_case(): the case $1, its key, and what the caller's circle has of it; to be followed by who may have it.
select c.id, c.marac_id, c.code, c.status, c.opened_at, c.last_referral_on, c.lapses_on, c.criteria, c.has_children,
  c.lead_user_id, c.lead_agency_id, c.restricted, c.version,
  {key_columns()},
  coalesce(s.bases, '{}') as bases,
  coalesce(s.full_at, '{}') as full_at
from cases c
{file_key(c.id)}
{standings_of(c)}
where c.id = $1 and {not_destroyed()}

-- give_roles(holder): gives roles to the one whom this column of a grant names; one given before ends anew.
-- `chrono` knows no infinity, so an end comes as text or not at all.
insert into role_grants (id, {holder}, marac_id, role, ends_at, granted_by, created_at)
select x.id, $1, x.marac, x.role, coalesce(x.ends::timestamptz, 'infinity'), $6, $7
from unnest($2::uuid[], $3::uuid[], $4::text[], $5::text[]) as x(id, marac, role, ends)
on conflict ({holder}, marac_id, role) do update
set ends_at = excluded.ends_at, granted_by = excluded.granted_by

-- Writes what is said of a flag, and into its history; answers the flag.
with f as (
  update flags
  set status = $2,
    confirmed_on = $3,
    confirmed_until = case when $2 = 'placed' then expires_on end,
    version = version + 1
  where id = $1
  returning id, marac_id, case_id, agency_id, expires_on
)
insert into flag_events (id, marac_id, case_id, flag_id, agency_id, kind, expires_on, by_user_id, by_actor_id,
  by_agency_id, sealed, created_at)
select $4, f.marac_id, f.case_id, f.id, f.agency_id, $2, f.expires_on, $5, $6, $7, $8, $9
from f
returning flag_id as id, agency_id, expires_on

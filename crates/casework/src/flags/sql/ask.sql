-- Asks these agencies, but for those excluded, for a flag of a case where they have none, or none for as long as it
-- runs. A flag asked for already waits on. It writes the history, and answers the flags asked for.
with x as (
  select distinct on (n.agency_id) n.*
  from unnest($1::uuid[], $2::uuid[], $3::uuid[]) as n(id, event_id, agency_id)
  where not exists (
    select from exclusions e
    where e.case_id = $5
      and e.agency_id = n.agency_id
      and e.ends_at > $9
      and e.exempt_user_id is null)
), f as (
  insert into flags as f (id, marac_id, case_id, agency_id, status, asked_on, due_on, expires_on, created_at)
  select x.id, $4, $5, x.agency_id, 'asked', $6, $7, $8, $9
  from x
  on conflict on constraint flags_agency_key do update set
    status = 'asked',
    asked_on = $6,
    due_on = $7,
    expires_on = $8,
    version = f.version + 1
  where f.status in ('not_placed', 'removal_due', 'removed')
    or (f.status = 'placed' and f.confirmed_until < $8)
    or (f.status = 'asked' and f.expires_on < $8)
  returning f.id, f.agency_id
)
insert into flag_events (id, marac_id, case_id, flag_id, agency_id, kind, expires_on, by_user_id, by_agency_id,
  created_at)
select x.event_id, $4, $5, f.id, f.agency_id, 'asked', $8, $10, $11, $9
from f
join x on x.agency_id = f.agency_id
returning flag_id as id, agency_id, expires_on

-- Asks for the removal of these flags, and writes so into the history of each.
with x as (
  select *
  from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::uuid[], $6::date[], $7::date[])
    as x(event_id, id, m, c, agency_id, expires_on, due_on)
), f as (
  update flags f
  set status = 'removal_due', asked_on = $8, due_on = x.due_on, version = f.version + 1
  from x
  where f.id = x.id
)
insert into flag_events (id, marac_id, case_id, flag_id, agency_id, kind, expires_on, created_at)
select x.event_id, x.m, x.c, x.id, x.agency_id, 'removal_due', x.expires_on, $9
from x

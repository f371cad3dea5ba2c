-- Writes into the history of these flags of a case what their agencies were asked.
insert into flag_events (id, marac_id, case_id, flag_id, agency_id, kind, expires_on, by_user_id, by_agency_id,
  created_at)
select x.id, $5, $6, x.flag_id, x.agency_id, $7, x.expires_on, $8, $9, $10
from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::date[]) as x(id, flag_id, agency_id, expires_on)

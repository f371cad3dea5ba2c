-- Adds these parts of what the survivor said in a referral, as entries of the account.
insert into account_entries (id, heading, sharing, sealed, marac_id, case_id, told_on, how_told, author_id, actor_id,
  agency_id, created_at, referral_id)
select id, heading, sharing, sealed, $5, $6, $7, 'unknown', $8, $9, $10, $11, $12
from unnest($1::uuid[], $2::text[], $3::text[], $4::bytea[]) as x(id, heading, sharing, sealed)

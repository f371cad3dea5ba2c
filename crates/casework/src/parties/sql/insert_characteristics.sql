-- Adds the characteristics of these parties of a case by a referral.
insert into party_characteristics (party_id, sealed, marac_id, case_id, created_at, referral_id)
select party_id, sealed, $3, $4, $5, $6
from unnest($1::uuid[], $2::bytea[]) as x(party_id, sealed)

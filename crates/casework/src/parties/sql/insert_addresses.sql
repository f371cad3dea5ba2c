-- Adds these addresses of parties of a case, by a referral or by hand.
insert into party_addresses (id, party_id, kind, confidential, known_to_perpetrator, valid_from, valid_to, sealed,
  marac_id, case_id, created_at, referral_id)
select id, party_id, kind, confidential, known, valid_from, valid_to, sealed, $9, $10, $11, $12
from unnest($1::uuid[], $2::uuid[], $3::text[], $4::bool[], $5::text[], $6::date[], $7::date[], $8::bytea[])
  as x(id, party_id, kind, confidential, known, valid_from, valid_to, sealed)

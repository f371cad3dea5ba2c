-- Adds these contacts of parties of a case, by a referral or by hand.
insert into party_contacts (id, party_id, kind, safe_to_call, safe_to_text, safe_voicemail, withheld_number, sealed,
  marac_id, case_id, created_at, referral_id)
select id, party_id, kind, calls, texts, voicemail, withheld, sealed, $9, $10, $11, $12
from unnest($1::uuid[], $2::uuid[], $3::text[], $4::bool[], $5::bool[], $6::bool[], $7::bool[], $8::bytea[])
  as x(id, party_id, kind, calls, texts, voicemail, withheld, sealed)

drop table match_tokens, account_entries, risk_assessments, party_relationships, party_contacts,
  party_addresses, party_characteristics, parties, referral_counts, referrals, restrictions,
  exclusions, circle, data_keys, cases, persons;

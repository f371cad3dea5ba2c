drop table damaged_parts, entry_openings, told_already, questions, circle, restrictions, exclusions,
  account_entries, risk_figures, risk_assessments, match_tokens, identity_differences, party_relationships,
  party_contacts, party_addresses, party_characteristics, parties, referral_counts, referral_joins, referrals,
  data_keys, cases, persons;

alter table exclusions drop column referral_id;
alter table restrictions drop column referral_id;
drop function unjoin_file, give_back, take_out, join_file, hold_on_both;
drop table identity_differences, referral_joins;
do $$
declare t text;
begin
  foreach t in array array['parties', 'party_characteristics', 'party_addresses', 'party_contacts',
    'party_relationships', 'account_entries'] loop
    execute format('alter table %I drop column referral_id', t);
  end loop;
end $$;
do $$
declare t text;
begin
  foreach t in array array['parties', 'party_addresses', 'party_contacts', 'party_relationships'] loop
    execute format('alter table %I drop column also_from', t);
  end loop;
end $$;
alter table party_relationships drop column filled_by_id;
alter table referrals drop column own_file_id, drop column separate;

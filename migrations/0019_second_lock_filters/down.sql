do $$
declare t text;
begin
  foreach t in array array['data_keys', 'circle', 'exclusions', 'restrictions', 'referrals',
    'referral_counts', 'parties', 'party_characteristics', 'party_addresses', 'party_contacts',
    'party_relationships', 'risk_assessments', 'account_entries', 'match_tokens', 'agenda_items',
    'agenda_listings', 'actions', 'action_events', 'action_changes'] loop
    execute format($p$alter policy second_lock on %I using (
      marac_id = any ((select nullif(current_setting('toldonce.maracs', true), '')::uuid[])::uuid[])
      and case_id <> all ((select nullif(current_setting('toldonce.closed', true), '')::uuid[])::uuid[]))$p$, t);
  end loop;
end $$;

alter policy second_lock on cases using (
  marac_id = any ((select nullif(current_setting('toldonce.maracs', true), '')::uuid[])::uuid[])
  and id <> all ((select nullif(current_setting('toldonce.closed', true), '')::uuid[])::uuid[]));
alter policy second_lock on meetings using (
  marac_id = any ((select nullif(current_setting('toldonce.maracs', true), '')::uuid[])::uuid[]));
alter policy second_lock on attendances using (
  marac_id = any ((select nullif(current_setting('toldonce.maracs', true), '')::uuid[])::uuid[]));

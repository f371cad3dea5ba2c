-- The second lock filters and never chooses the way in: as a plain comparison it invited the planner to
-- read everything of the caller's MARACs by an index that leads with `marac_id`, and to sort it, where
-- the statement's own condition finds fifty rows in order. `is true` means the same and offers no index.

do $$
declare t text;
begin
  foreach t in array array['data_keys', 'circle', 'exclusions', 'restrictions', 'referrals',
    'referral_counts', 'parties', 'party_characteristics', 'party_addresses', 'party_contacts',
    'party_relationships', 'risk_assessments', 'account_entries', 'match_tokens', 'agenda_items',
    'agenda_listings', 'actions', 'action_events', 'action_changes'] loop
    execute format($p$alter policy second_lock on %I using (
      (marac_id = any ((select nullif(current_setting('toldonce.maracs', true), '')::uuid[])::uuid[])) is true
      and (case_id <> all ((select nullif(current_setting('toldonce.closed', true), '')::uuid[])::uuid[])) is true)$p$, t);
  end loop;
end $$;

alter policy second_lock on cases using (
  (marac_id = any ((select nullif(current_setting('toldonce.maracs', true), '')::uuid[])::uuid[])) is true
  and (id <> all ((select nullif(current_setting('toldonce.closed', true), '')::uuid[])::uuid[])) is true);
alter policy second_lock on meetings using (
  (marac_id = any ((select nullif(current_setting('toldonce.maracs', true), '')::uuid[])::uuid[])) is true);
alter policy second_lock on attendances using (
  (marac_id = any ((select nullif(current_setting('toldonce.maracs', true), '')::uuid[])::uuid[])) is true);

-- Who may touch what: two database roles beside the owner, what each is granted, and row-level security.

-- The application's role owns nothing, bypasses nothing and may only add to the audit. Matching's role alone looks
-- across MARACs, and reads only tokens and what they name. Roles belong to the cluster, so they may stand already.
do $$
declare r text;
begin
  foreach r in array array['toldonce_app', 'toldonce_match'] loop
    begin
      execute format('create role %I nologin', r);
    exception when duplicate_object or unique_violation then null;
    end;
  end loop;
  -- Who hands a function over to matching's role must belong to that role, unless they are a superuser.
  begin
    execute format('grant toldonce_match to %I', current_user);
  exception when others then null;
  end;
end $$;
grant usage on schema public to toldonce_app, toldonce_match;

-- A table without a grant is out of the program's reach.
grant select, insert, update on
  maracs, agencies, users, marac_agencies, absences, api_clients, registered_actors, role_grants,
  pending_grants, invitations, address_changes, sessions, refresh_tokens, known_networks, guesses,
  failed_sign_ins, idempotency_keys,
  persons, cases, data_keys, referrals, referral_joins, referral_counts, parties, party_characteristics,
  party_addresses, party_contacts, party_relationships, identity_differences, match_tokens,
  risk_assessments, account_entries, exclusions, restrictions, circle, questions, told_already,
  meetings, agenda_items, agenda_listings, agenda_sessions, research_returns, attendances,
  attendance_items, hearing_entries, meeting_keys, minutes_versions,
  actions, flags, lapse_notices, idva_allocations,
  jobs, notification_preferences, calendar_feeds
  to toldonce_app;
grant delete on
  role_grants, known_networks, guesses, failed_sign_ins, idempotency_keys, match_tokens,
  agenda_listings, agenda_sessions, calendar_feeds
  to toldonce_app;
-- Histories, and the audit.
grant select, insert on
  entry_openings, confidentiality_statements, conflicts_of_interest, research_versions,
  action_events, action_changes, action_escalations, standard_action_versions, standard_actions,
  flag_events, idva_contacts,
  audit_events, audit_chain, audit_heads, audit_adoptions
  to toldonce_app;
grant select, insert, delete on risk_figures, minutes_parts to toldonce_app;
-- Rows of these two come from `tell` and `post_letter` alone.
grant select, update on notifications, outbox to toldonce_app;
-- Rows of these two come from `record_damage` alone.
grant select on damaged_parts, damaged_meeting_parts to toldonce_app;
grant select on installation, applied_functions to toldonce_app;

-- Matching, for coordinators and chairs.
grant select on match_tokens, cases, restrictions to toldonce_match;

-- Row-level security is a coarser second lock that reads no table. Its settings come from `live_actor` or
-- `load_system`. They are cast within their sub-select, so that this is done once a statement; the cast outside
-- makes the array one value. The lock filters and never chooses the way in: as a plain comparison it would invite
-- the planner to read everything of the caller's MARACs by an index that leads with `marac_id`, and to sort it,
-- where the statement's own condition finds fifty rows in order. `is true` means the same and offers no index.
do $$
declare t text;
begin
  -- Of a case.
  foreach t in array array['data_keys', 'referrals', 'referral_joins', 'referral_counts', 'parties',
    'party_characteristics', 'party_addresses', 'party_contacts', 'party_relationships',
    'identity_differences', 'match_tokens', 'risk_assessments', 'risk_figures', 'account_entries',
    'exclusions', 'restrictions', 'circle', 'questions', 'told_already', 'entry_openings', 'damaged_parts',
    'agenda_items', 'agenda_listings', 'research_returns', 'research_versions', 'attendance_items',
    'conflicts_of_interest', 'hearing_entries', 'minutes_parts', 'actions', 'action_events',
    'action_changes', 'action_escalations', 'flags', 'flag_events', 'lapse_notices', 'idva_allocations',
    'idva_contacts'] loop
    execute format('alter table %I enable row level security', t);
    execute format($p$create policy second_lock on %I to toldonce_app using (
      (marac_id = any ((select nullif(current_setting('toldonce.maracs', true), '')::uuid[])::uuid[])) is true
      and (case_id <> all ((select nullif(current_setting('toldonce.closed', true), '')::uuid[])::uuid[])) is true)$p$, t);
  end loop;
  -- Of a meeting or of the whole area.
  foreach t in array array['meetings', 'attendances', 'agenda_sessions', 'confidentiality_statements',
    'meeting_keys', 'minutes_versions', 'damaged_meeting_parts', 'standard_action_versions',
    'standard_actions'] loop
    execute format('alter table %I enable row level security', t);
    execute format($p$create policy second_lock on %I to toldonce_app using (
      (marac_id = any ((select nullif(current_setting('toldonce.maracs', true), '')::uuid[])::uuid[])) is true)$p$, t);
  end loop;
end $$;

alter table cases enable row level security;
create policy second_lock on cases to toldonce_app using (
  (marac_id = any ((select nullif(current_setting('toldonce.maracs', true), '')::uuid[])::uuid[])) is true
  and (id <> all ((select nullif(current_setting('toldonce.closed', true), '')::uuid[])::uuid[])) is true);

-- A notice need not be of a case.
alter table notifications enable row level security;
create policy second_lock on notifications to toldonce_app using (
  (marac_id = any ((select nullif(current_setting('toldonce.maracs', true), '')::uuid[])::uuid[])) is true
  and (case_id is null
    or case_id <> all ((select nullif(current_setting('toldonce.closed', true), '')::uuid[])::uuid[])) is true);

-- Whom an exclusion shuts out must still be told once that an action is gone. Later changes of a closed case stay
-- hidden, so that nobody learns from the feed that work goes on.
create policy last_word on action_changes for select to toldonce_app using (
  announced
  and agency_id = (select nullif(current_setting('toldonce.agency', true), '')::uuid)
  and marac_id = any ((select nullif(current_setting('toldonce.maracs', true), '')::uuid[])::uuid[]));

alter table audit_events enable row level security;
create policy anyone_adds on audit_events for insert to toldonce_app with check (true);
create policy second_lock on audit_events for select to toldonce_app using (
  (marac_id is null
   or marac_id = any ((select nullif(current_setting('toldonce.maracs', true), '')::uuid[])::uuid[]))
  and (case_id is null
   or case_id <> all ((select nullif(current_setting('toldonce.closed', true), '')::uuid[])::uuid[])));

create policy matching on match_tokens for select to toldonce_match using (true);
create policy matching on cases for select to toldonce_match using (true);
create policy matching on restrictions for select to toldonce_match using (true);

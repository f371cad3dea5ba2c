-- A case file: one statement for each part that the API returns, and the record of having read it.
\set i random(1, :sample)
\set n :n + 1
\set ms :base + :n
begin;
select c.id as case_id, c.marac_id, c.code, c.status, c.opened_at, c.last_referral_on, c.lapses_on, c.score, c.criteria, c.has_children, c.lead_user_id, c.lead_agency_id, c.restricted, c.version, k.master_key_id, k.wrapped, p.user_id, p.session_id, p.agency_id from bench.sample s join cases c on c.id = s.case_id join data_keys k on k.case_id = c.id join bench.people p on p.job = 'coordinator' and p.n = s.marac + 1 where s.n = :i \gset
select p.id, p.role, p.identity, p.version, t.sealed, t.version from parties p left join party_characteristics t on t.party_id = p.id where p.case_id = :case_id;
select id, party_id, kind, confidential, known_to_perpetrator, valid_from, valid_to, sealed, version from party_addresses where case_id = :case_id;
select id, party_id, kind, safe_to_call, safe_to_text, safe_voicemail, withheld_number, confirmed_at, sealed, version from party_contacts where case_id = :case_id;
select id, from_party_id, to_party_id, kind, living_together, version from party_relationships where case_id = :case_id;
select r.id, r.tool, r.tool_version, r.score, r.yes_count, r.no_count, r.dont_know_count, r.not_asked_count, r.assessed_on, r.agency_id, r.created_by, r.referral_id, r.supersedes_id, r.created_at, r.sealed, r.version from risk_assessments r where r.case_id = :case_id and not exists (select from risk_assessments n where n.supersedes_id = r.id) order by r.created_at desc;
select id, heading, sharing, told_on, how_told, author_id, actor_id, agency_id, supersedes_id, created_at, sealed, version from account_entries where case_id = :case_id and superseded_by_id is null order by heading, created_at;
select id, owner_agency_id, owner_user_id, target, category, priority, due_on, agreed_on, status, resolved, meeting_id, sealed, version from actions where case_id = :case_id order by due_on, id;
select i.id, i.meeting_id, m.starts_at, i.kind, i.status, i.deferred_to_id, i.version from agenda_items i join meetings m on m.id = i.meeting_id where i.case_id = :case_id order by m.starts_at desc;
select id, referred_on, agency_id, co_agency_id, is_repeat, urgent, gaps, version from referrals where case_id = :case_id and status = 'accepted' order by referred_on desc;
select id, basis, user_id, actor_id, agency_id, opens_at, ends_at, version from circle where case_id = :case_id and opens_at <= now() and ends_at > now() order by opens_at;
select id, ends_at from restrictions where case_id = :case_id and ends_at > now();
insert into audit_events (id, at, act, outcome, principal, user_id, agency_id, session_id, marac_id, case_id, subject, subject_id, fields, rows_seen, request_id) values (bench.id(:ms, :client_id, 1), now(), 'read_case', 'done', 'user', :user_id, :agency_id, :session_id, :marac_id, :case_id, 'case', :case_id, '{identity,address,safe_contact,narrative,dash_answers}', 30, bench.id(:ms, :client_id, 2));
commit;

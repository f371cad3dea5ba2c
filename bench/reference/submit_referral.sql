-- A whole referral sent in: what must be known of its MARAC and author, the key against doing it
-- twice, the file with its data key and its author's place in the circle, the referral, its counting
-- row, its matching tokens, and the record. The seals (wrapped, document) come from the
-- client, as long as the product's.
\set i random(1, :authors)
\set n :n + 1
\set ms :base + :n
\set r random(1, 4000000000000000000)
begin;
select m.id as marac_id, m.code, m.settings, p.user_id, p.session_id, p.agency_id, a.kind as agency_kind from bench.people p join maracs m on m.id = p.marac_id join agencies a on a.id = p.agency_id where p.job = 'author' and p.n = :i \gset
insert into idempotency_keys (principal_id, operation, key, digest, status, resource_id, created_at) values (:user_id, 'create_referral', bench.id(:ms, :client_id, 9)::text, decode(md5(:r::text), 'hex'), 201, bench.id(:ms, :client_id, 4), now());
insert into cases (id, marac_id, code, status, received_at, created_at) values (bench.id(:ms, :client_id, 3), :marac_id, 'R' || to_hex(:ms::bigint) || '-' || :client_id::int, 'intake', now(), now());
insert into data_keys (case_id, marac_id, master_key_id, wrapped, created_at) values (bench.id(:ms, :client_id, 3), :marac_id, 'reference', :wrapped, now());
insert into circle (id, marac_id, case_id, basis, user_id, opens_at, created_by, created_at) values (bench.id(:ms, :client_id, 5), :marac_id, bench.id(:ms, :client_id, 3), 'referrer', :user_id, now(), :user_id, now());
insert into referrals (id, marac_id, case_id, agency_id, submitted_by, status, referred_on, submitted_at, document, tool, tool_version, score, criteria, created_at) values (bench.id(:ms, :client_id, 4), :marac_id, bench.id(:ms, :client_id, 3), :agency_id, :user_id, 'submitted', current_date, now(), :document, 'safelives_dash', 1, 15, '{visible_high_risk}', now());
insert into referral_counts (referral_id, marac_id, case_id, referred_on, source, gender, ethnicity, lgbt, disabled, age, perpetrator_under_18, children) values (bench.id(:ms, :client_id, 4), :marac_id, bench.id(:ms, :client_id, 3), current_date, :agency_kind, 'female', 'black_african', 'no', 'no', 36, 'no', 1);
insert into match_tokens (marac_id, case_id, kind, token) select :marac_id::uuid, bench.id(:ms, :client_id, 3), kind, decode(md5(kind || :r::text), 'hex') from unnest('{survivor,perpetrator,pair,child}'::text[]) as kind;
insert into audit_events (id, at, act, outcome, principal, user_id, agency_id, session_id, marac_id, case_id, subject, subject_id, fields, request_id) values (bench.id(:ms, :client_id, 1), now(), 'submit_referral', 'done', 'user', :user_id, :agency_id, :session_id, :marac_id, bench.id(:ms, :client_id, 3), 'referral', bench.id(:ms, :client_id, 4), '{}', bench.id(:ms, :client_id, 2));
commit;

-- The repeat check: the referral, the other files of its pair, and the record of having asked.
\set i random(1, :sample)
\set n :n + 1
\set ms :base + :n
begin;
select r.id as referral_id, r.case_id, r.marac_id, r.referred_on, p.user_id, p.session_id, p.agency_id from bench.sample s join referrals r on r.id = s.referral_id join bench.people p on p.job = 'coordinator' and p.n = s.marac + 1 where s.n = :i \gset
select o.case_id, o.marac_id, c.code, c.status, c.last_referral_on from match_tokens t join match_tokens o on o.token = t.token and o.kind = t.kind and o.case_id <> t.case_id join cases c on c.id = o.case_id where t.case_id = :case_id and t.kind = 'pair' and c.received_at is not null and c.status <> 'joined' order by c.last_referral_on desc limit 50;
insert into audit_events (id, at, act, outcome, principal, user_id, agency_id, session_id, marac_id, case_id, subject, subject_id, fields, rows_seen, request_id) values (bench.id(:ms, :client_id, 1), now(), 'check_repeat', 'done', 'user', :user_id, :agency_id, :session_id, :marac_id, :case_id, 'referral', :referral_id, '{}', 0, bench.id(:ms, :client_id, 2));
commit;

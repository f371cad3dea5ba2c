-- An agency's whole list, twenty-five answers: the meeting, the key against doing it twice, what the
-- agency is asked with the keys of its cases, the answers, and the record of each. The seals (private,
-- shareable) come from the client, as long as the product's. Nothing was answered before, so no earlier
-- version is kept.
\set n :n + 1
\set i :client_id * :share + :n
\set ms :base + :n
begin;
select m.id as meeting_id, m.marac_id, m.kind, m.starts_at, m.time_zone, m.mode, m.place, m.status, m.minutes_per_case, m.capacity, m.circulated_at, m.started_at, m.ended_at, m.version, p.user_id, p.session_id, p.agency_id from bench.lists s join meetings m on m.id = s.meeting_id join bench.people p on p.job = 'representative' and p.n = s.agency where s.n = :i \gset
insert into idempotency_keys (principal_id, operation, key, digest, status, resource_id, created_at) values (:user_id, 'return_research_list', bench.id(:ms, :client_id, 9)::text, decode(md5(:i::text), 'hex'), 201, bench.id(:ms, :client_id, 4), now());
select r.id, r.marac_id, r.case_id, r.agenda_item_id, r.status, r.standing, i.status, m.status, r.due_on, r.answered_on, r.batch_id, r.version, k.master_key_id, k.wrapped from research_returns r join agenda_items i on i.id = r.agenda_item_id join meetings m on m.id = r.meeting_id join data_keys k on k.case_id = r.case_id where r.meeting_id = :meeting_id and r.agency_id = :agency_id order by r.id for share of m for update of r;
update research_returns r set status = 'returned', nothing_known = false, private = n.private, shareable = n.shareable, exemption = null, answered_at = now(), answered_on = current_date, batch_id = bench.id(:ms, :client_id, 4), by_user_id = :user_id, version = r.version + 1 from unnest(:private::bytea[], :shareable::bytea[]) with ordinality as n(private, shareable, position) join bench.asked a on a.n = :i and a.position = n.position where r.id = a.return_id;
insert into audit_events (id, at, act, outcome, principal, user_id, agency_id, session_id, marac_id, case_id, subject, subject_id, fields, rows_seen, request_id) select bench.id(:ms, :client_id, 100 + x.position), now(), 'return_research', 'done', 'user', :user_id::uuid, :agency_id::uuid, :session_id::uuid, :marac_id::uuid, x.case_id, x.subject, x.subject_id, x.fields, x.rows_seen, bench.id(:ms, :client_id, 2) from (select 0 as position, null::uuid as case_id, 'meeting' as subject, :meeting_id::uuid as subject_id, '{}'::text[] as fields, 25 as rows_seen union all select a.position, r.case_id, 'research_return', r.id, '{research_shared,research_private}', null from bench.asked a join research_returns r on r.id = a.return_id where a.n = :i) x;
commit;

-- An agenda of twenty cases: the meeting, its items, the people of each, the agencies of each, and
-- the record of having read it.
\set i random(1, :agendas)
\set n :n + 1
\set ms :base + :n
begin;
select m.id as meeting_id, m.marac_id, m.kind, m.starts_at, m.time_zone, m.mode, m.place, m.status, m.minutes_per_case, m.capacity, m.circulated_at, m.started_at, m.ended_at, m.version, p.user_id, p.session_id, p.agency_id from bench.agendas s join meetings m on m.id = s.meeting_id join bench.people p on p.job = 'coordinator' and p.n = s.marac + 1 where s.n = :i \gset
select i.id, i.case_id, i.kind, i.position, i.placed_by_hand, i.slot_minutes, i.has_children, i.late, i.status, i.deferred_to_id, i.outcome, i.version, c.code, c.score, c.criteria, k.master_key_id, k.wrapped from agenda_items i join cases c on c.id = i.case_id join data_keys k on k.case_id = i.case_id where i.meeting_id = :meeting_id order by i.position, i.id;
select p.case_id, p.id, p.role, p.identity from agenda_items i join parties p on p.case_id = i.case_id where i.meeting_id = :meeting_id and p.role in ('survivor', 'perpetrator', 'child') order by p.created_at, p.id;
select l.agenda_item_id, l.agency_id from agenda_items i join agenda_listings l on l.agenda_item_id = i.id where i.meeting_id = :meeting_id order by l.agency_id;
insert into audit_events (id, at, act, outcome, principal, user_id, agency_id, session_id, marac_id, subject, subject_id, fields, rows_seen, request_id) values (bench.id(:ms, :client_id, 1), now(), 'read_agenda', 'done', 'user', :user_id, :agency_id, :session_id, :marac_id, 'meeting', :meeting_id, '{identity}', 20, bench.id(:ms, :client_id, 2));
commit;

-- An agency's outstanding actions: the first fifty by due date, and the record of having read them.
\set i random(1, :agencies)
\set n :n + 1
\set ms :base + :n
begin;
select a.id, a.case_id, c.code, a.marac_id, a.owner_agency_id, o.name, a.owner_user_id, a.target, a.category, a.priority, a.due_on, a.agreed_on, a.status, a.resolved, a.needs, a.carried_over, a.version, a.sealed, k.master_key_id, k.wrapped, p.id as survivor_id, p.identity from (select * from actions where owner_agency_id = (select agency_id from bench.agencies where n = :i) and status in ('open', 'in_progress') order by due_on, id limit 51) a join cases c on c.id = a.case_id join data_keys k on k.case_id = a.case_id join agencies o on o.id = a.owner_agency_id left join parties p on p.case_id = a.case_id and p.role = 'survivor' order by a.due_on, a.id;
insert into audit_events (id, at, act, outcome, principal, user_id, agency_id, session_id, fields, rows_seen, request_id) select bench.id(:ms, :client_id, 1), now(), 'list_actions', 'done', 'user', user_id, agency_id, session_id, '{}', 50, bench.id(:ms, :client_id, 2) from bench.people where job = 'representative' and n = :i;
commit;

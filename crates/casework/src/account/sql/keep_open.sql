-- Whom an entry was opened to goes on reading it as it stands, unless its author has drawn the class anew.
insert into entry_openings (entry_id, question_id, marac_id, case_id, agency_id, circle_id, opened_by, created_at)
select $3, o.question_id, o.marac_id, o.case_id, o.agency_id, o.circle_id, o.opened_by, $4
from entry_openings o
join account_entries e on e.id = o.entry_id
where o.case_id = $1 and o.entry_id = $2 and e.sharing = $5

-- question_rows(): the questions `q` of the case $1 that the reader sees: all of them ($2), or the agency's own ($3).
select q.id, q.heading, q.status, q.agency_id, q.asked_by, q.actor_id, q.read_entries, q.answer_entries,
  array(
    select o.entry_id
    from entry_openings o
    where o.question_id = q.id
    order by o.entry_id) as opened,
  q.taken_at, q.settled_at, q.created_at, q.version, q.sealed, q.settling
from questions q
where q.case_id = $1 and ($2 or q.agency_id = $3)

-- Writes several events of one request.
insert into audit_events (id, at, act, outcome, principal, user_id, client_id, actor_id, agency_id, session_id, marac_id,
  case_id, subject, subject_id, fields, rows_seen, detail, request_id)
select n.id, $1, n.act, n.outcome, $2, $3, $4, $5, $6, $7, n.marac_id,
  n.case_id, n.subject, n.subject_id, string_to_array(n.fields, ','), n.rows_seen, n.detail, $8
from unnest($9::uuid[], $10::text[], $11::text[], $12::uuid[], $13::uuid[], $14::text[], $15::uuid[], $16::text[],
    $17::int[], $18::bytea[])
  as n(id, act, outcome, marac_id, case_id, subject, subject_id, fields, rows_seen, detail)

-- Agrees these standard actions for an agenda item of a case.
insert into actions (id, marac_id, case_id, meeting_id, agenda_item_id, owner_agency_id, owner_user_id, target,
  category, priority, due_on, agreed_on, status, needs, sealed, standard_code, standard_version, status_at, created_by,
  created_at)
select x.id, $10, $11, $12, $13, x.owner, x.person, x.target, x.category, x.priority, x.due_on, $14, 'open',
  string_to_array(x.needs, ','), x.sealed, x.code, $15, $16, $17, $16
from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::text[], $7::date[], $8::text[],
    $9::bytea[], $18::text[])
  as x(id, owner, person, target, category, priority, due_on, needs, sealed, code)

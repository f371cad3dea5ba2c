-- Writes the steps taken into the history of their actions.
insert into action_escalations (id, marac_id, case_id, action_id, step, status, due_on, owner_agency_id, taken_on,
  created_at)
select x.id, x.m, x.c, x.a, x.step, x.status, x.due_on, x.o, $9, $10
from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::text[], $6::text[], $7::date[], $8::uuid[])
  as x(id, m, c, a, step, status, due_on, o)
where x.step is not null

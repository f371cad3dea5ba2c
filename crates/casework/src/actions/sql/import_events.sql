-- The history of actions from a register: each was agreed, and what is not open any more was reported or ended since.
insert into action_events (id, marac_id, case_id, action_id, kind, status, due_on, owner_agency_id, effective_on,
  created_at)
select x.id, r.m, r.c, r.i, x.kind, x.status, r.d, r.o, x.effective_on, $11
from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::text[], $6::date[], $7::uuid[], $8::uuid[],
    $9::date[], $10::date[])
  as r(i, m, c, o, s, d, a, e, ao, eo)
cross join lateral (
  values
    (r.a, 'agreed', 'open', r.ao),
    (r.e, case r.s when 'superseded' then 'superseded' when 'cancelled' then 'cancelled' else 'reported' end, r.s, r.eo)
) as x(id, kind, status, effective_on)
where x.kind = 'agreed' or r.s <> 'open'

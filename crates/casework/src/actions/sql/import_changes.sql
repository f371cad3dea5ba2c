-- Tells the owners' feeds of those actions from a register that are outstanding.
insert into action_changes (action_id, marac_id, case_id, agency_id)
select i, m, c, o
from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::text[]) as r(i, m, c, o, s)
where s in ('open', 'in_progress')

-- party_row(): identity and role of the parties at `p`, as parts of a case file.
select 'party' as kind, p.id, null::uuid as parent, p.version,
  json_build_object('role', p.role)::text as plain,
  p.identity as sealed
from parties p

-- Names these accounts on a case; who is named already stays so.
insert into circle (id, marac_id, case_id, basis, user_id, opens_at, created_by, created_at)
select x.id, $3, $4, 'named', x.user_id, $5, $6, $5
from unnest($1::uuid[], $2::uuid[]) as x(id, user_id)
where not exists (
  select from circle g
  where g.case_id = $4
    and g.basis = 'named'
    and not g.as_lead
    and g.user_id = x.user_id
    and g.opens_at <= $5
    and g.ends_at > $5)

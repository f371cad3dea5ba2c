-- Allocates a case to an IDVA service, unless it is already.
insert into circle (id, marac_id, case_id, basis, agency_id, opens_at, full_at, created_by, created_at)
select $1, $2, $3, 'allocation', $4, $5, $5, $6, $5
where not exists (
  select from circle g
  where g.case_id = $3 and g.basis = 'allocation' and g.agency_id = $4 and g.ends_at > $5)

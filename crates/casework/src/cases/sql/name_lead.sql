-- The lead $3 is named on the case; whoever was named because they led it no longer is. It may be nobody.
with former as (
  update circle
  set ends_at = $4, version = version + 1
  where case_id = $2 and as_lead and ends_at > $4 and user_id is distinct from $3
)
insert into circle (id, marac_id, case_id, basis, as_lead, user_id, opens_at, created_by, created_at)
select $1, $5, $2, 'named', true, $3, $4, $6, $4
where $3::uuid is not null
  and not exists (
    select from circle g
    where g.case_id = $2 and g.as_lead and g.user_id = $3 and g.ends_at > $4)

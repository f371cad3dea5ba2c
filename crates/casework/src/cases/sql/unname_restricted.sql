-- Those who were named on a case for its restriction, since it stands, leave with it; its lead does not.
update circle
set ends_at = $2, version = version + 1
where case_id = $1
  and basis = 'named'
  and not as_lead
  and ends_at > $2
  and (restriction_id is not null
    or created_at >= (
      select min(t.created_at)
      from restrictions t
      where t.case_id = $1 and t.ends_at > $2))

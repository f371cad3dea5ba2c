-- end_roles(holder): ends roles of the one whom this column of a grant names; nobody stands in for them any more.
update role_grants
set ends_at = $4, deputy_id = null
where {holder} = $1
  and ends_at > $4
  and (marac_id, role) in (select * from unnest($2::uuid[], $3::text[]))

-- Whether the case has an outstanding action, of this agency or, without one, of any.
select exists (
  select from actions
  where case_id = $1
    and status in ('open', 'in_progress')
    and ($2::uuid is null or owner_agency_id = $2)) as found

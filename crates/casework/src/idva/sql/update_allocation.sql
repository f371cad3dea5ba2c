-- Writes a change of an allocation; when the survivor decided is kept with what they decided.
update idva_allocations
set user_id = $2,
  engagement = $3,
  engagement_on = case when engagement <> $3 then $4 else engagement_on end,
  sealed = $5,
  ends_on = $6,
  version = version + 1
where id = $1

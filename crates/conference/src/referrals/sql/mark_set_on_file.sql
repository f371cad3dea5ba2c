-- Marks the exclusions and restrictions that were set on this file as set with the referral.
with e as (
  update exclusions
  set referral_id = $1
  where case_id = $2 and root_id is null
)
update restrictions
set referral_id = $1
where case_id = $2 and origin_id is null

-- A further referral says the same of this party, and of these addresses and contacts of it.
with p as (
  update parties
  set also_from = array_append(also_from, $2)
  where case_id = $1 and id = $3
), a as (
  update party_addresses
  set also_from = array_append(also_from, $2)
  where case_id = $1 and id = any ($4)
)
update party_contacts
set also_from = array_append(also_from, $2)
where case_id = $1 and id = any ($4)

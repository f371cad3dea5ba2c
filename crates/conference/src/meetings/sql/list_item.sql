-- Lists an item to these agencies. Those that it is listed to already stay.
insert into agenda_listings (agenda_item_id, agency_id, marac_id, case_id)
select distinct $1::uuid, a, $3::uuid, $4::uuid
from unnest($2::uuid[]) as a
on conflict do nothing

-- Lists items of a MARAC to agencies. What is listed already stays.
insert into agenda_listings (agenda_item_id, case_id, agency_id, marac_id)
select n.item_id, n.case_id, n.agency_id, $4
from unnest($1::uuid[], $2::uuid[], $3::uuid[]) as n(item_id, case_id, agency_id)
on conflict do nothing

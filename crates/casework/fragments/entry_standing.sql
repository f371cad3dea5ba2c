-- entry_standing(): how the entries `e` of the account of the case $1 stand towards the reader of `readable_entry`.
select e.id, e.heading, e.sharing, e.agency_id, e.superseded_by_id, e.created_at, {readable_entry(e)} as readable
from account_entries e
where e.case_id = $1

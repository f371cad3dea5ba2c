-- The current entries of the account under a heading that the reader reads.
select e.id
from account_entries e
where e.case_id = $1
  and e.heading = $5
  and e.superseded_by_id is null
  and {readable_entry(e)}
order by e.id

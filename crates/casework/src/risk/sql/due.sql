-- Some cases whose figures are to be worked out anew, locked; another server's are left to it.
select id
from cases
where risk_due
order by id
limit $1
for update skip locked

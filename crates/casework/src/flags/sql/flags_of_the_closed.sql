-- Flags past their day on cases that ended before their twelve months were over, locked.
select f.id, f.marac_id, f.case_id, f.agency_id, f.expires_on
from flags f
join cases c on c.id = f.case_id and c.status in ('closed', 'transferred_out', 'lapsed')
where f.status in ('asked', 'placed') and f.expires_on < $1
order by f.expires_on, f.id
limit $2
for update of f skip locked

-- How many cases there are in sight, narrowed as the list is.
select count(*) as n
from cases c
where ($1::uuid is null or c.marac_id = $1) and {case_is_listed(c)}

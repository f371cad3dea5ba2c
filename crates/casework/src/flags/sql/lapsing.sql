-- The cases past their last day for which there is no notice yet, the longest past first.
select c.id, c.marac_id, c.lapses_on
from cases c
where c.status in ('listed', 'heard', 'monitoring')
  and c.lapses_on < $1
  and not exists (
    select from lapse_notices n
    where n.case_id = c.id and n.lapses_on = c.lapses_on)
order by c.lapses_on, c.id
limit $2

-- The notices of these MARACs that wait for a decision, with what is still open on each case, the longest past first.
select n.*,
  (select count(*) from actions a
   where a.case_id = n.case_id
     and (a.status in ('open', 'in_progress')
       or (not a.resolved and a.status in ('not_done', 'not_possible_circumstances_changed')))) as incomplete_actions,
  (select count(*) from flags f
   where f.case_id = n.case_id and f.status in ('asked', 'placed')) as flags
from (
  select n.id, n.case_id, c.code as case_code, n.marac_id, c.last_referral_on, n.lapses_on, c.version as case_version
  from lapse_notices n
  join cases c on c.id = n.case_id
  where n.status = 'open'
    and n.marac_id = any ($1)
    and ($2::date is null or (n.lapses_on, n.id) > ($2, $3))
    -- A new referral, or an end in another way, has overtaken a notice.
    and c.lapses_on = n.lapses_on
    and c.status in ('listed', 'heard', 'monitoring')
    and {visible_cases(c)}
  order by n.lapses_on, n.id
  limit $4
) n
order by n.lapses_on, n.id

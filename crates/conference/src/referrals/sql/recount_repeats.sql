-- Sets anew which of a case's accepted referrals since this day are repeats within so many months. Only those that
-- change are written.
update referrals r
set is_repeat = x.repeat
from (
  select n.id,
    exists (
      select from referrals p
      where p.case_id = n.case_id
        and p.status = 'accepted'
        and (p.referred_on, p.created_at, p.id) < (n.referred_on, n.created_at, n.id)
        and n.referred_on <= p.referred_on + make_interval(months => $3)) as repeat
  from referrals n
  where n.case_id = $1 and n.status = 'accepted' and n.referred_on >= $2
) x
where x.id = r.id and r.is_repeat is distinct from x.repeat

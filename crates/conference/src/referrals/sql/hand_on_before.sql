-- Where the case stood before this join becomes where it stood before the next one that is left.
update referral_joins k
set status_before = j.status_before, closed_before = j.closed_before, version = k.version + 1
from referral_joins j
where j.referral_id = $1
  and k.referral_id = (
    select x.referral_id
    from referral_joins x
    where x.case_id = $2
      and x.referral_id <> $1
      and x.unjoined_at is null
      and x.created_at >= j.created_at
    order by x.created_at, x.referral_id
    limit 1)

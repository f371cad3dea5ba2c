-- Where a case stood before this referral was joined to it, and what has become of it since.
select
  (select max(r.referred_on) from referrals r
   where r.case_id = $2 and r.status = 'accepted') as last,
  (select max(n.kept_until) from lapse_notices n
   where n.case_id = $2) as kept_until,
  j.status_before,
  j.closed_before,
  exists (
    select from agenda_items i
    where i.case_id = $2 and i.created_at >= j.created_at and i.status <> 'withdrawn')
  or exists (
    select from referral_joins k
    where k.case_id = $2
      and k.referral_id <> $1
      and k.unjoined_at is null
      and k.created_at >= j.created_at)
  or (j.status_before = 'closed'
    and exists (
      select from actions a
      where a.case_id = $2
        and (a.status in ('open', 'in_progress')
          or (not a.resolved and a.status in ('not_done', 'not_possible_circumstances_changed'))))) as went_on
from referral_joins j
where j.referral_id = $1

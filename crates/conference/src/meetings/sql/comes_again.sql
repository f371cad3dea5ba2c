-- Whether a case is on an agenda again: its latest referral is a repeat, or it was heard since that referral.
select coalesce(r.is_repeat, false)
  or exists (
    select from agenda_items h
    where h.case_id = $1
      and h.status = 'heard'
      and (r.decided_at is null or h.decided_at >= r.decided_at)) as known
from (select 1) one
left join lateral (
  select r.is_repeat, r.decided_at
  from referrals r
  where r.case_id = $1 and r.status = 'accepted'
  order by r.decided_at desc nulls last, r.id desc
  limit 1
) r on true

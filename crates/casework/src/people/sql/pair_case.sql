-- The MARAC's latest case in sight of one of these pairs, and its last referral up to the day asked for.
select c.id as case_id,
  (select max(r.referred_on)
   from referrals r
   where r.case_id = c.id and r.status = 'accepted' and r.referred_on <= $3) as previous_on
from match_tokens t
join cases c on c.id = t.case_id
{file_key(c.id)}
where t.kind = 'pair'
  and t.token = any ($2)
  and c.marac_id = $1
  and c.opened_at is not null
  and c.status not in ('joined', 'transferred_out')
  and {not_destroyed()}
  and {visible_cases(c)}
order by c.last_referral_on desc nulls last, c.id
limit 1

-- A MARAC's referrals for its coordinator with the keys of their files: urgent first, then those that wait longest.
select {referral_columns(r, c)}, r.created_at, {key_columns()}
from referrals r
join cases c on c.id = r.case_id
{file_key(r.case_id)}
where {not_destroyed()}
  and r.marac_id = $1
  and r.status = any ($2)
  and r.submitted_at is not null
  and {visible_cases(c)}
  and (not r.urgent, r.submitted_at, r.id) > ($3, $4, $5)
order by (not r.urgent), r.submitted_at, r.id
limit $6

-- The caller's own referrals with the keys of their files, the newest first.
select {referral_columns(r, c)}, r.created_at, {key_columns()}
from referrals r
join cases c on c.id = r.case_id
{file_key(r.case_id)}
where {not_destroyed()}
  and {own_referral(r)}
  and {not_shut_out(r, case_id)}
  and ($1::text is null or r.status = $1)
  and (coalesce(r.submitted_at, r.created_at), r.id) < ($2, $3)
order by coalesce(r.submitted_at, r.created_at) desc, r.id desc
limit $4

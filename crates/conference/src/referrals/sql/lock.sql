-- The referral with this id, if the caller may read it, locked.
select {referral_columns(r, c)}
from referrals r
join cases c on c.id = r.case_id
where r.id = $1 and {readable_referral(r, c)}
for update of r

-- Notes that a referral's file is joined to this case, and where the case stood before.
insert into referral_joins (
  referral_id, marac_id, case_id, file_id, reason, status_before, closed_before, joined_by, created_at)
select $1, c.marac_id, c.id, $3, $4, c.status, c.closed_at, $5, $6
from cases c
where c.id = $2

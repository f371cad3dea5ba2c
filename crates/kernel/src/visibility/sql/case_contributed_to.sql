-- The case, if it is not closed to the caller and they referred it or their agency did research on it.
{found_case()}
  and c.id <> all ($closed)
  and c.marac_id = any ($maracs)
  and (exists (select from referrals r where r.case_id = c.id and {own_referral(r)})
    or exists (select from research_returns r where r.case_id = c.id and {own_return(r)}))

-- readable_referral(r, c): the referral at `r`, whose file is at `c`, is one that the caller may read.
-- The referral itself is for its author, whatever has become of its file, and where the file is in sight for
-- coordinator and chair and the allocated IDVA service (domain 6.2); listed agencies read the case.
(({own_referral({r})} and {not_shut_out({r}, case_id)})
  or ({visible_cases({c})}
    and ({r}.marac_id = any ($staff)
      or exists (
        select from circle g
        where g.case_id = {c}.id and g.basis = 'allocation' and {in_circle(g)}))))

-- visible_cases(c): the case at this alias is in the caller's sight.
-- Exclusion and restriction stand first: no right opens a case that is closed to the caller. Then: own MARACs only; and
-- there the received files for coordinator and chair, and the files whose circle the caller is in.
({c}.id <> all ($closed)
  and {c}.marac_id = any ($maracs)
  and (({c}.received_at is not null and {c}.marac_id = any ($staff))
    or exists (
      select from circle g
      where g.case_id = {c}.id and {in_circle(g)})))

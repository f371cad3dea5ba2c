-- current_assessment_rows(): the assessments of the case $1 that no complete one of the same tool and a later day
-- replaces.
{assessment_row()}
where r.case_id = $1
  and not exists (
    select from risk_assessments n
    where n.case_id = $1
      and n.tool = r.tool
      and n.assessed_on > r.assessed_on
      and n.score is not null
      and n.not_asked_count = 0)
